import type { ChatResponse } from '../provider/response.ts'
import type { RoutedResponse } from '../provider/routed.ts'
import type { ActiveAttempt } from './active-attempt.ts'
import type { Operation } from './run-attempts.ts'
import { runAttempts } from './run-attempts.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'
import { failureOf } from './failure-of.ts'

/** Runs a request to its whole answer. */
export function runChat(run: Run): Promise<RoutedResponse> {
  return runAttempts(run, chat)
}

const chat: Operation<ChatResponse, RoutedResponse> = {
  call(attempt) {
    const { loaded } = attempt.target.source
    return loaded ? loaded.chat(attempt.request, attempt.callOptions()) : loadAndCall(attempt)
  },
  check: (attempt, response) => assertAnswer(response, attempt.target),
  accept(attempt, response) {
    const { run, warnings } = attempt
    const now = attempt.succeed(response)
    run.ended('succeeded', now)
    const { attempts, exclusions, costUsd, startedAt } = run
    const routed: RoutedResponse & { costUsd?: number } = {
      ...response,
      route: run.route.name,
      attempts,
      exclusions,
      latencyMs: now - startedAt,
    }
    if (costUsd !== undefined) routed.costUsd = costUsd
    return warnings.length === 0 ? routed : { ...routed, warnings: [...warnings, ...response.warnings] }
  },
}

/** Calls nobody when the call has ended before the provider is there. */
async function loadAndCall(attempt: ActiveAttempt): Promise<ChatResponse> {
  const provider = await attempt.guard.race(attempt.target.source.load())
  return provider.chat(attempt.request, attempt.callOptions())
}

/** A success that holds no answer is a failure: of the wrong shape, or without any content though it says it is done. */
function assertAnswer(response: ChatResponse, target: Target): void {
  const unified = response?.finishReason?.unified
  if (unified === undefined || !Array.isArray(response.content) || !Array.isArray(response.warnings)) {
    throw failureOf(target, 'malformed', 'its answer is no ChatResponse')
  }
  if (unified !== 'stop' && unified !== 'other') return
  if (response.content.some((part) => part.type !== 'text' || part.text !== '')) return
  throw failureOf(target, 'empty', 'its answer has no content')
}
