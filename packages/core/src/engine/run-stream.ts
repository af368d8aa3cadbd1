import { ProviderError } from '../errors/provider-error.ts'
import { StreamInterruptedError } from '../errors/stream-interrupted-error.ts'
import type { RoutedFinishEvent, RoutedStreamEvent } from '../provider/routed.ts'
import type { FinishEvent, StreamEvent } from '../provider/stream-event.ts'
import type { Usage } from '../provider/usage.ts'
import { Collector } from '../stream/collector.ts'
import { isContent } from '../stream/is-content.ts'
import type { ActiveAttempt } from './active-attempt.ts'
import type { Operation } from './run-attempts.ts'
import { runAttempts } from './run-attempts.ts'
import type { Run } from './run.ts'

/** A stream that has shown its first content, or that ended well without any. */
interface CommittedStream {
  readonly attempt: ActiveAttempt
  readonly iterator: AsyncIterator<StreamEvent>
  /** What came before the first content, and that content. */
  readonly held: readonly StreamEvent[]
}

/**
 * Runs a request as a stream. Until the first content a failure moves on to the next call unseen; from then on the
 * answer belongs to one target, and its failure ends the stream with what was delivered.
 */
export async function* runStream(run: Run): AsyncGenerator<RoutedStreamEvent, void, undefined> {
  const committed = await runAttempts(run, stream)
  const { attempt } = committed
  try {
    for (const earlier of run.attempts) yield { type: 'attempt-failed', attempt: earlier }
    yield* passOn(run, committed)
  } finally {
    // The consumer left between two events.
    if (!attempt.settled) {
      attempt.abort()
      run.aborted()
    }
    closeUpstream(committed)
  }
}

async function* passOn(run: Run, committed: CommittedStream): AsyncGenerator<RoutedStreamEvent, void, undefined> {
  const { attempt, iterator, held } = committed
  const delivered = new Collector()
  let usage: Usage | undefined
  try {
    for (let position = 0; ; position++) {
      const event = held[position] ?? (await pull(attempt, iterator))
      if (event.type === 'finish') {
        yield finishRun(run, committed, event, usage)
        return
      }
      if (event.type === 'usage') usage = event.usage
      else if (isContent(event)) {
        if (position >= held.length) attempt.content()
        delivered.add(event)
      } else continue
      yield event
    }
  } catch (error) {
    if (attempt.settled) throw error
    const { failure } = attempt.fail(error)
    run.failed(failure.kind)
    const { text, content } = delivered
    throw new StreamInterruptedError(failure, { text, content }, run.ledger(run.now()))
  }
}

const stream: Operation<CommittedStream, CommittedStream> = {
  call: openStream,
  accept: (_, committed) => committed,
}

/** Opens a stream and reads on to its first content. */
async function openStream(attempt: ActiveAttempt): Promise<CommittedStream> {
  const { target, guard } = attempt
  const provider = target.source.loaded ?? (await guard.race(target.source.load()))
  const iterator = provider.stream(attempt.request, attempt.callOptions())[Symbol.asyncIterator]()
  const held: StreamEvent[] = []
  try {
    for (;;) {
      const event = await pull(attempt, iterator)
      held.push(event)
      if (isContent(event)) attempt.content()
      else if (event.type === 'finish') assertFinish(event, attempt)
      else continue
      return { attempt, iterator, held }
    }
  } catch (error) {
    closeUpstream({ attempt, iterator })
    throw error
  }
}

async function pull(attempt: ActiveAttempt, iterator: AsyncIterator<StreamEvent>): Promise<StreamEvent> {
  const { done, value } = await attempt.guard.race(iterator.next())
  if (done !== true) return value
  const { target, provider, model } = attempt.target
  const message = `${target}: its stream ended without its terminal marker.`
  throw new ProviderError(message, { kind: 'truncated', provider, model })
}

/** A stream that is done before it gave anything is no answer. */
function assertFinish({ finishReason }: FinishEvent, { target: { target, provider, model } }: ActiveAttempt): void {
  if (finishReason.unified !== 'stop' && finishReason.unified !== 'other') return
  throw new ProviderError(`${target}: its stream ended without content.`, { kind: 'empty', provider, model })
}

function finishRun(
  run: Run,
  { attempt }: CommittedStream,
  event: FinishEvent,
  usage: Usage | undefined,
): RoutedFinishEvent {
  const now = attempt.succeed({ ...event, usage: event.usage ?? usage })
  run.succeeded(now)
  return {
    ...(usage === undefined ? {} : { usage }),
    ...event,
    ...(attempt.warnings.length === 0 ? {} : { warnings: [...attempt.warnings, ...event.warnings] }),
    ...run.ledger(now),
  }
}

/** Lets go of the provider's stream, finished or not, down to its socket. */
function closeUpstream({ attempt, iterator }: Pick<CommittedStream, 'attempt' | 'iterator'>): void {
  attempt.guard.abandon(new DOMException('The stream is no longer read', 'AbortError'))
  // A generator that is being read ends once its read has; nobody waits for that.
  iterator.return?.().then(undefined, () => undefined)
}
