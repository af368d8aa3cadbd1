import type { EmbeddingsRequest, EmbeddingsResponse } from '../provider/facets.ts'
import type { RoutedEmbeddings } from '../provider/routed.ts'
import type { ActiveAttempt } from './active-attempt.ts'
import { failureOf } from './failure-of.ts'
import type { Operation } from './run-attempts.ts'
import { runAttempts } from './run-attempts.ts'
import { anySpace } from './target.ts'
import type { Run } from './run.ts'

export { parseEmbeddingsRequest } from '../validation/parse-embeddings-request.ts'

/** Runs a request for embeddings to its vectors, in the same loop as any other. */
export function runEmbeddings(run: Run, request: EmbeddingsRequest): Promise<RoutedEmbeddings> {
  const { policy, vectorSpace } = run.route
  run.vectorSpace = findOuterSpace(run) ?? (policy.vectorSpaces === 'same' ? vectorSpace : anySpace)
  const operation: Operation<EmbeddingsResponse, RoutedEmbeddings> = {
    call: (attempt) => embed(attempt, request),
    check: ({ target }, answer) => {
      const { embeddings } = answer ?? {}
      const isRight = Array.isArray(embeddings) && embeddings.length === request.inputs.length
      if (isRight && embeddings.every(Array.isArray)) return
      throw failureOf(target, 'malformed', 'its answer does not hold a vector for each input')
    },
    accept(attempt, answer) {
      const now = attempt.succeed(answer)
      run.ended('succeeded', now)
      return { ...answer, ...run.ledger(now) }
    },
  }
  return runAttempts(run, operation)
}

/** The vector space that a route around this one is bound to, unless it says that this one's vectors are of it. */
function findOuterSpace({ outer }: Run): string | undefined {
  const space = outer?.run.vectorSpace
  return space === anySpace || space === outer?.target.vectorSpace ? undefined : space
}

async function embed(attempt: ActiveAttempt, request: EmbeddingsRequest): Promise<EmbeddingsResponse> {
  const { target, guard } = attempt
  const { embeddings } = target.source.loaded ?? (await guard.race(target.source.load()))
  if (embeddings === undefined) throw failureOf(target, 'invalid-request', 'it makes no embeddings')
  return embeddings.embed({ ...request, model: target.model }, attempt.callOptions())
}
