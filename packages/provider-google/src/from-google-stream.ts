import { createWarnings } from '@llmfb/core/provider'
import type { StreamEvent } from '@llmfb/core/provider'
import type { ServerSentEvent } from '@llmfb/transport'
import { type AnswerFailures, createAnswerReader, type ResponseContext } from './read-answer.ts'
import { isAnswer, type WireAnswer } from './has-its-fields.ts'
import { createPartEvents } from './part-events.ts'
import { errorIn, isObject } from './wire.ts'

/**
 * The service's events as the contract's. The event that tells why the answer ended is the last one.
 *
 * @param complete is called when it was there
 * @throws what `failures` make; in particular when the stream ends without it
 */
export async function* fromGoogleStream(
  events: AsyncIterable<ServerSentEvent>,
  context: ResponseContext,
  failures: AnswerFailures,
  complete: () => void,
): AsyncGenerator<StreamEvent, void, undefined> {
  const reader = createAnswerReader(context, createWarnings(), failures)
  const parts = createPartEvents(context.provider)
  for await (const { data } of events) {
    const answer = parse(data, failures)
    if (!answer) continue
    for (const part of reader.read(answer)) yield* parts.next(part)
    const about = reader.finish()
    if (about) {
      complete()
      yield* parts.end()
      yield { type: 'finish', ...about }
      return
    }
    const usage = isObject(answer.usageMetadata) ? reader.usage() : undefined
    if (usage) yield { type: 'usage', usage }
  }
  throw failures.fail('truncated', 'the stream ended before it said why')
}

/** Undefined for kinds of events that are newer than this. */
function parse(data: string, failures: AnswerFailures): WireAnswer | undefined {
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch {
    throw failures.fail('malformed', 'an event of the stream is not valid JSON')
  }
  if (errorIn(event) !== undefined) throw failures.failReported(event)
  if (!isObject(event)) throw failures.fail('malformed', 'an event of the stream is no object')
  if (isAnswer(event)) return event
  const isOther = ['candidates', 'promptFeedback', 'usageMetadata'].every((name) => (event[name] ?? null) === null)
  if (isOther) return undefined
  throw failures.fail('malformed', 'an event of the stream lacks what an answer promises')
}
