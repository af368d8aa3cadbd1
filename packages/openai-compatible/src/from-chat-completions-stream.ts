import type { StreamEvent } from '@llmfb/core/provider'
import { releaseBody, type ServerSentEvent } from '@llmfb/transport'
import { type AnswerContext, otherChoices, reasoningFields } from './answer-context.ts'
import { toExtensionEvent } from './message-extension.ts'
import { readContentParts, readReasoning } from './read-content.ts'
import { createReasoningDetailsReader } from './reasoning-details.ts'
import { toFinishReason } from './to-finish-reason.ts'
import { fail, readRequestId, toAnswerError, toBodyError, toReadingError } from './to-provider-error.ts'
import { createToolCalls, type ToolCalls } from './tool-calls.ts'
import { toUsage } from './to-usage.ts'
import { findError, isRecord, readText, type WireAnswer } from './wire.ts'

/**
 * The events of a streamed answer. `[DONE]` ends it, whatever comes after. Closes `events`.
 *
 * @throws ProviderError when the stream holds an error or something that is no chunk, breaks off, or has no end marker;
 *   the signal's reason when the call was aborted
 */
export function fromChatCompletionsStream(
  events: AsyncGenerator<ServerSentEvent, unknown, undefined>,
  context: AnswerContext,
): AsyncIterableIterator<StreamEvent, undefined> {
  const { dialect, name, signal } = context
  const fields = dialect.reasoningFields ?? reasoningFields
  const details = dialect.reasoningDetails ? createReasoningDetailsReader(context) : undefined
  const extension = dialect.extension?.createReader(context)
  /** Read and not yet asked for; what `failure` is about came behind them. */
  const ready: StreamEvent[] = []
  let failure: { readonly error: unknown } | undefined
  let toolCalls: ToolCalls | undefined
  let id: string | undefined
  let model: string | undefined
  let finish: string | undefined
  let usage: WireAnswer['usage']
  let refused = false
  let several = false
  let done = false
  let isOver = false

  // Ends a read that waits, whether or not the fetch behind the body listens to the signal.
  const onAbort = (): void => void events.return(undefined)
  if (signal?.aborted === true) failure = { error: signal.reason }
  else signal?.addEventListener('abort', onAbort, { once: true })

  function readToolCall(piece: Parameters<ToolCalls['add']>[0]): void {
    toolCalls ??= createToolCalls()
    const event = toolCalls.add(piece)
    if (event) ready.push(event)
  }

  function readEvent({ data, event }: ServerSentEvent): void {
    if (data === '[DONE]') {
      done = true
      return
    }
    if (event === 'error') throw toAnswerError(parseError(data), context)
    const chunk = parseChunk(data, context)
    const error = findError(chunk)
    if (error !== undefined) throw toAnswerError(error, context)
    id ??= readText(chunk.id)
    model ??= readText(chunk.model)
    if (chunk.usage) usage = chunk.usage
    if (!chunk.choices) return
    for (const choice of chunk.choices) {
      if (choice.index !== undefined && choice.index !== 0) {
        several = true
        continue
      }
      if (choice.error !== undefined && choice.error !== null) throw toAnswerError(choice.error, context)
      finish = readText(choice.finish_reason) ?? finish
      const { delta } = choice
      if (!delta) continue
      if (details?.read(delta['reasoning_details'], ready) !== true) {
        const reasoning = readReasoning(delta, fields)
        if (reasoning !== '') ready.push({ type: 'reasoning-delta', text: reasoning })
      }
      if (details !== undefined && (delta.content || delta.tool_calls)) details.close(ready)
      if (typeof delta.content === 'string') {
        if (delta.content !== '') ready.push({ type: 'text-delta', text: delta.content })
      } else if (Array.isArray(delta.content)) {
        for (const { type, text } of readContentParts(delta.content)) ready.push({ type: `${type}-delta`, text })
      }
      if (typeof delta.refusal === 'string' && delta.refusal !== '') {
        refused = true
        ready.push({ type: 'text-delta', text: delta.refusal })
      }
      if (delta.tool_calls) for (const piece of delta.tool_calls) readToolCall(piece)
      extension?.read(delta)
      if (delta.function_call) readToolCall({ index: 0, function: delta.function_call })
    }
  }

  function readEnd(): void {
    if (finish === 'error') throw toAnswerError(undefined, context)
    if (!done && (finish === undefined || dialect.requireDone !== false)) {
      throw fail('truncated', `The answer of ${name} ended without its end marker`, context, { status: 200 })
    }
    if (finish === undefined) {
      const kind = id === undefined ? 'empty' : 'truncated'
      throw fail(kind, `The answer of ${name} ended without a reason for its end`, context, { status: 200 })
    }
    details?.close(ready)
    if (extension) ready.push(...extension.parts().map(toExtensionEvent))
    const calls = toolCalls?.complete() ?? []
    if (calls.some((call) => call.name === '')) {
      throw fail('malformed', `${name} sent a tool call without a name`, context, { status: 200 })
    }
    ready.push(...calls)
    const told = usage ? toUsage(usage, dialect) : undefined
    if (told) ready.push({ type: 'usage', usage: told })
    const requestId = (context.headers && readRequestId(context.headers)) ?? id
    ready.push({
      type: 'finish',
      finishReason: toFinishReason(finish, { refused, hasToolCalls: calls.length > 0 }, dialect),
      ...(told ? { usage: told } : {}),
      warnings: several ? [...context.warnings, otherChoices] : context.warnings,
      model: model ?? context.model,
      provider: context.provider,
      ...(requestId ? { requestId } : {}),
      ...(context.rateLimits.length > 0 ? { rateLimits: context.rateLimits } : {}),
    })
  }

  async function leave(): Promise<void> {
    if (isOver) return
    isOver = true
    signal?.removeEventListener('abort', onAbort)
    if (done) releaseBody(events, context.clock)
    else await events.return(undefined)
  }

  function onNext(next: IteratorResult<ServerSentEvent, unknown>): Promise<Result> {
    try {
      if (signal?.aborted === true) throw signal.reason
      if (next.done !== true) readEvent(next.value)
      if (done || next.done === true) {
        readEnd()
        // The body is let go while the last events are read.
        void leave()
      }
    } catch (error) {
      failure = { error: signal?.aborted === true ? signal.reason : toReadingError(error, context) }
    }
    return read()
  }

  function onBreak(error: unknown): Promise<Result> {
    failure = { error: signal?.aborted === true ? signal.reason : toBodyError(error, context) }
    return read()
  }

  function read(): Promise<Result> {
    const value = ready.shift()
    if (value !== undefined) return Promise.resolve({ value, done: false })
    if (failure !== undefined) return breakOff(failure.error)
    return isOver ? Promise.resolve(end) : events.next().then(onNext, onBreak)
  }

  async function breakOff(error: unknown): Promise<Result> {
    failure = undefined
    await leave()
    throw error
  }

  return {
    next: read,
    async return() {
      ready.length = 0
      await leave()
      return end
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

type Result = IteratorResult<StreamEvent, undefined>

const end: Result = { value: undefined, done: true }

/** What an event named `error` says; some services send plain text. */
function parseError(data: string): unknown {
  try {
    const body: unknown = JSON.parse(data)
    return (isRecord(body) ? findError(body) : undefined) ?? body
  } catch {
    return data
  }
}

function parseChunk(data: string, context: AnswerContext): WireAnswer {
  let chunk: unknown
  try {
    chunk = JSON.parse(data)
  } catch {
    // The parser's own message quotes the answer.
    throw fail('malformed', `${context.name} sent a chunk that is not JSON`, context, { status: 200 })
  }
  if (typeof chunk === 'object' && chunk !== null) return chunk
  throw fail('malformed', `${context.name} sent a chunk that is not an object`, context, { status: 200 })
}
