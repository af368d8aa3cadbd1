import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages'
import type { StreamEvent } from '@llmfb/core/provider'
import type { ResponseContext } from './from-anthropic-response.ts'
import { createOpenBlocks } from './open-blocks.ts'
import { toFinishReason } from './to-finish-reason.ts'
import { mergeUsage, toUsage, type AnthropicUsage } from './to-usage.ts'
import { createWarnings } from './warnings.ts'

/** Makes what a stream that is no answer is to throw. */
export interface StreamFailures {
  fail(kind: 'malformed' | 'truncated', message: string): Error
  /** Makes the error that the service reports in the middle of a stream. */
  failReported(body: unknown): Error
}

type WireEvent = RawMessageStreamEvent | { readonly type: 'error' } | { readonly type: 'ping' }

/**
 * The service's events as the contract's.
 *
 * @throws what `fail` and `failReported` make; in particular when the stream ends without `message_stop`
 */
export async function* fromAnthropicStream(
  events: AsyncIterable<{ readonly data: string }>,
  context: ResponseContext,
  failures: StreamFailures,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { list, warn } = createWarnings()
  const blocks = createOpenBlocks(context.provider, warn)
  let model: string | undefined
  let stopReason: string | undefined
  let usage: AnthropicUsage | undefined

  for await (const { data } of events) {
    const event = parse(data, failures)
    switch (event.type) {
      case 'message_start':
        model = event.message.model
        if (event.message.usage) {
          usage = mergeUsage(usage, event.message.usage)
          yield { type: 'usage', usage: toUsage(usage) }
        }
        break
      case 'content_block_start':
        yield* blocks.start(event)
        break
      case 'content_block_delta':
        yield* blocks.delta(event) ?? unopened(event.index, failures)
        break
      case 'content_block_stop':
        yield* blocks.stop(event.index) ?? unopened(event.index, failures)
        break
      case 'message_delta':
        stopReason = event.delta.stop_reason ?? stopReason
        if (event.usage) usage = mergeUsage(usage, event.usage)
        break
      case 'message_stop':
        if (model === undefined || stopReason === undefined) {
          throw failures.fail('malformed', 'the stream ended without telling its model or why it stopped')
        }
        yield* blocks.stopAll()
        yield {
          type: 'finish',
          finishReason: toFinishReason(stopReason),
          ...(usage && { usage: toUsage(usage) }),
          warnings: [...context.warnings, ...list],
          model,
          provider: context.provider,
          ...(context.requestId !== undefined && { requestId: context.requestId }),
        }
        return
      case 'error':
        throw failures.failReported(event)
      default:
        break // Pings, and kinds of events that are newer than this: the service asks to pass over them.
    }
  }
  throw failures.fail('truncated', 'the stream ended before message_stop')
}

function parse(data: string, failures: StreamFailures): WireEvent {
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch {
    throw failures.fail('malformed', 'an event of the stream is not valid JSON')
  }
  if (typeof event !== 'object' || event === null)
    throw failures.fail('malformed', 'an event of the stream is no object')
  if (!hasItsFields(event as Partial<RawMessageStreamEvent>)) {
    throw failures.fail('malformed', 'an event of the stream lacks what its type promises')
  }
  return event as WireEvent
}

function hasItsFields(event: Readonly<Record<string, unknown>>): boolean {
  switch (event.type) {
    case 'message_start':
      return isObject(event.message)
    case 'content_block_start':
      return isObject(event.content_block)
    case 'content_block_delta':
    case 'message_delta':
      return isObject(event.delta)
    default:
      return true
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function unopened(index: number, failures: StreamFailures): never {
  throw failures.fail('malformed', `the stream goes on with block ${String(index)}, which it did not start`)
}
