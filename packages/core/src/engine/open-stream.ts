import type { ProviderError } from '../errors/provider-error.ts'
import type { FinishEvent, StreamEvent } from '../provider/stream-event.ts'
import { isContent } from '../stream/is-content.ts'
import type { ActiveAttempt } from './active-attempt.ts'
import { failureOf } from './failure-of.ts'

/** A stream that has shown its first content, or that ended well without any. */
export interface CommittedStream {
  readonly attempt: ActiveAttempt
  readonly iterator: AsyncIterator<StreamEvent>
  /** What came before the first content, and that content. */
  readonly held: readonly StreamEvent[]
}

/** Opens a stream and reads on to its first content. Until then a failure moves on to the next call, unseen. */
export async function openStream(attempt: ActiveAttempt): Promise<CommittedStream> {
  const { target, guard } = attempt
  const provider = target.source.loaded ?? (await guard.race(target.source.load()))
  const iterator = provider.stream(attempt.request, attempt.callOptions())[Symbol.asyncIterator]()
  const held: StreamEvent[] = []
  try {
    for (;;) {
      const { done, value } = await guard.race(iterator.next())
      if (done === true) throw toTruncated(attempt)
      if (!isEvent(value)) throw toMalformed(attempt)
      if (value.type === 'usage') {
        held.push(value)
        attempt.usage = value.usage
      }
      if (isContent(value)) attempt.content()
      else if (value.type === 'finish') assertFinish(value, attempt)
      else continue
      held.push(value)
      return { attempt, iterator, held }
    }
  } catch (error) {
    closeUpstream({ attempt, iterator })
    throw error
  }
}

/** A stream that ended without its finish event. */
export function toTruncated({ target }: ActiveAttempt): ProviderError {
  return failureOf(target, 'truncated', 'its stream ended without its terminal marker')
}

/** Whether it is an event at all. One of an unknown type carries nothing and is passed over. */
export function isEvent(value: StreamEvent): boolean {
  switch (value?.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return typeof value.text === 'string'
    case 'tool-call-delta':
    case 'tool-call':
      return typeof value.arguments === 'string'
    case 'finish':
      return value.finishReason?.unified !== undefined && Array.isArray(value.warnings)
    default:
      return typeof value?.type === 'string'
  }
}

/** A stream that held something else than events. */
export function toMalformed({ target }: ActiveAttempt): ProviderError {
  return failureOf(target, 'malformed', 'its stream held something that is no event')
}

/** A stream that is done before it gave anything is no answer. */
function assertFinish({ finishReason: { unified } }: FinishEvent, { run, target }: ActiveAttempt): void {
  // What was begun by another may have been the whole answer.
  if (run.needsPrefill) return
  if (unified === 'stop' || unified === 'other') throw failureOf(target, 'empty', 'its stream ended without content')
}

/** Lets go of the provider's stream, finished or not, down to its socket. */
export function closeUpstream({ attempt, iterator }: Pick<CommittedStream, 'attempt' | 'iterator'>): void {
  if (attempt.succeeded) attempt.guard.release()
  else attempt.guard.abandon(new DOMException('The reader left the stream', 'AbortError'))
  // A generator that is being read ends once its read has; nobody waits for that, or minds how it goes.
  new Promise((resolve) => resolve(iterator.return?.())).then(undefined, () => undefined)
}
