import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages'
import type { StreamEvent } from '@llmfb/core/provider'
import type { ServerSentEvent } from '@llmfb/transport'
import type { ResponseContext } from './from-anthropic-response.ts'
import { hasItsFields } from './has-its-fields.ts'
import { createOpenBlocks } from './open-blocks.ts'
import { toFinishReason } from './to-finish-reason.ts'
import { mergeUsage, toUsage, type AnthropicUsage } from './to-usage.ts'
import { createWarnings } from './warnings.ts'
import { isError, isObject } from './wire.ts'

/** Makes what a stream that is no answer is to throw. */
export interface StreamFailures {
  fail(kind: 'malformed' | 'truncated', message: string): Error
  /** Makes the error that the service reports in the middle of a stream. */
  failReported(body: unknown): Error
}

type WireEvent = RawMessageStreamEvent | { readonly type: 'ping' }

/**
 * The service's events as the contract's.
 *
 * @throws what `fail` and `failReported` make; in particular when the stream ends without `message_stop`
 */
export function fromAnthropicStream(
  events: AsyncIterator<ServerSentEvent, void>,
  context: ResponseContext,
  failures: StreamFailures,
): AsyncIterableIterator<StreamEvent, void> {
  const { list, warn } = createWarnings()
  const blocks = createOpenBlocks(context.provider, warn)
  /** Read and not yet asked for; what `failure` is about came behind them. */
  const ready: StreamEvent[] = []
  let failure: { readonly error: unknown } | undefined
  let isOver = false
  let model: string | undefined
  let stopReason: string | undefined
  let usage: AnthropicUsage | undefined

  function readEvent(wireEvent: ServerSentEvent): void {
    const event = parse(wireEvent, failures)
    switch (event.type) {
      case 'message_start':
        model = textOf(event.message.model)
        if (event.message.usage) {
          usage = mergeUsage(usage, event.message.usage)
          ready.push({ type: 'usage', usage: toUsage(usage) })
        }
        break
      case 'content_block_start':
        ready.push(...blocks.start(event))
        break
      case 'content_block_delta':
        ready.push(...(blocks.delta(event) ?? unopened(event.index, failures)))
        break
      case 'content_block_stop':
        ready.push(...(blocks.stop(event.index) ?? unopened(event.index, failures)))
        break
      case 'message_delta':
        stopReason = textOf(event.delta.stop_reason) ?? stopReason
        if (event.usage) usage = mergeUsage(usage, event.usage)
        break
      case 'message_stop':
        readStop()
        break
      default:
        break // Pings, and kinds of events that are newer than this: the service asks to pass over them.
    }
  }

  function readStop(): void {
    if (model === undefined || stopReason === undefined) {
      throw failures.fail('malformed', 'the stream ended without telling its model or why it stopped')
    }
    ready.push(...blocks.stopAll(), {
      type: 'finish',
      finishReason: toFinishReason(stopReason),
      ...(usage && { usage: toUsage(usage) }),
      warnings: [...context.warnings, ...list],
      model,
      provider: context.provider,
      ...(context.requestId !== undefined && { requestId: context.requestId }),
      ...(context.rateLimits.length > 0 && { rateLimits: context.rateLimits }),
    })
    leave()
  }

  function leave(): void {
    isOver = true
    void events.return?.()
  }

  function onNext(next: IteratorResult<ServerSentEvent, void>): Promise<Result> {
    try {
      if (next.done === true) throw failures.fail('truncated', 'the stream ended before message_stop')
      readEvent(next.value)
    } catch (error) {
      failure = { error }
    }
    return read()
  }

  function onBreak(error: unknown): Promise<Result> {
    failure = { error }
    return read()
  }

  async function breakOff(error: unknown): Promise<Result> {
    failure = undefined
    leave()
    throw error
  }

  function read(): Promise<Result> {
    const value = ready.shift()
    if (value !== undefined) return Promise.resolve({ value, done: false })
    if (failure !== undefined) return breakOff(failure.error)
    return isOver ? Promise.resolve(end) : events.next().then(onNext, onBreak)
  }

  return {
    next: read,
    async return() {
      ready.length = 0
      if (!isOver) leave()
      return end
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

type Result = IteratorResult<StreamEvent, void>

const end: Result = { value: undefined, done: true }

function parse({ event: name, data }: ServerSentEvent, failures: StreamFailures): WireEvent {
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch {
    if (name === 'error') throw failures.failReported(data)
    throw failures.fail('malformed', 'an event of the stream is not valid JSON')
  }
  // Gateways send errors of their own forms, which their name alone tells.
  if (name === 'error' || isError(event)) throw failures.failReported(event)
  if (!isObject(event)) throw failures.fail('malformed', 'an event of the stream is no object')
  const named = { type: name, ...event }
  if (!hasItsFields(named)) {
    throw failures.fail('malformed', 'an event of the stream lacks what its type promises')
  }
  return named as unknown as WireEvent
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function unopened(index: number, failures: StreamFailures): never {
  throw failures.fail('malformed', `the stream goes on with block ${String(index)}, which it did not start`)
}
