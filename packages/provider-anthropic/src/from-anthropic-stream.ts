import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages'
import { createWarnings } from '@llmfb/core/provider'
import type { StreamEvent } from '@llmfb/core/provider'
import type { ServerSentEvent } from '@llmfb/transport'
import type { ResponseContext } from './from-anthropic-response.ts'
import { hasItsFields } from './has-its-fields.ts'
import { createOpenBlocks } from './open-blocks.ts'
import type { Events } from './read-events.ts'
import { toFinishReason } from './to-finish-reason.ts'
import { mergeUsage, toUsage, type AnthropicUsage } from './to-usage.ts'
import { isError, isObject } from './wire.ts'

/** What a stream is part of; makes what one that is no answer is to throw. */
export interface StreamExchange {
  readonly signal: AbortSignal
  fail(kind: 'malformed' | 'truncated', message: string): Error
  /** Makes the error that the service reports in the middle of a stream. */
  failReported(body: unknown): Error
  /** Makes the error of a body whose reading failed. */
  broken(error: unknown): Error
  /** What to throw for `error`. */
  toError(error: unknown): unknown
  /** Called when the stream is over. */
  close(): void
}

type WireEvent = RawMessageStreamEvent | { readonly type: 'ping' }

/**
 * The service's events as the contract's.
 *
 * @throws what `exchange` makes; in particular when the stream ends without `message_stop`
 */
export function fromAnthropicStream(
  events: Events,
  context: ResponseContext,
  exchange: StreamExchange,
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
    const event = parse(wireEvent, exchange)
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
        ready.push(...(blocks.delta(event) ?? unopened(event.index, exchange)))
        break
      case 'content_block_stop':
        ready.push(...(blocks.stop(event.index) ?? unopened(event.index, exchange)))
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
      throw exchange.fail('malformed', 'the stream ended without telling its model or why it stopped')
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
    leave(true)
  }

  function leave(isComplete: boolean): void {
    isOver = true
    events.leave(isComplete)
    exchange.close()
  }

  function onNext(next: IteratorResult<ServerSentEvent, void>): Promise<Result> {
    if (isOver) return Promise.resolve(end) // it was left while it was read
    try {
      // Events that had arrived before the caller left are no longer wanted.
      exchange.signal.throwIfAborted()
      if (next.done === true) throw exchange.fail('truncated', 'the stream ended before message_stop')
      readEvent(next.value)
    } catch (error) {
      failure = { error }
    }
    return read()
  }

  function onBreak(error: unknown): Promise<Result> {
    if (isOver) return Promise.resolve(end)
    failure = { error: exchange.signal.aborted ? exchange.signal.reason : exchange.broken(error) }
    return read()
  }

  async function breakOff(error: unknown): Promise<Result> {
    failure = undefined
    if (!isOver) leave(false)
    throw exchange.toError(error)
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
      if (!isOver) leave(false)
      return end
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

type Result = IteratorResult<StreamEvent, void>

const end: Result = { value: undefined, done: true }

function parse({ event: name, data }: ServerSentEvent, exchange: StreamExchange): WireEvent {
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch {
    if (name === 'error') throw exchange.failReported(data)
    throw exchange.fail('malformed', 'an event of the stream is not valid JSON')
  }
  // Gateways send errors of their own forms, which their name alone tells.
  if (name === 'error' || isError(event)) throw exchange.failReported(event)
  if (!isObject(event)) throw exchange.fail('malformed', 'an event of the stream is no object')
  const named: Readonly<Record<string, unknown>> = 'type' in event ? event : { type: name, ...event }
  if (!hasItsFields(named)) {
    throw exchange.fail('malformed', 'an event of the stream lacks what its type promises')
  }
  return named as unknown as WireEvent
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function unopened(index: number, exchange: StreamExchange): never {
  throw exchange.fail('malformed', `the stream goes on with block ${String(index)}, which it did not start`)
}
