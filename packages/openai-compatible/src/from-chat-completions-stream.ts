import type { StreamEvent } from '@llmfb/core/provider'
import { releaseBody, type ServerSentEvent } from '@llmfb/transport'
import { type AnswerContext, otherChoices, reasoningFields } from './answer-context.ts'
import { readContentParts, readReasoning } from './read-content.ts'
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
export async function* fromChatCompletionsStream(
  events: AsyncGenerator<ServerSentEvent, unknown, undefined>,
  context: AnswerContext,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { dialect, name, signal } = context
  const fields = dialect.reasoningFields ?? reasoningFields
  let toolCalls: ToolCalls | undefined
  let id: string | undefined
  let model: string | undefined
  let finish: string | undefined
  let usage: WireAnswer['usage']
  let refused = false
  let several = false
  let done = false
  // Ends a read that waits, whether or not the fetch behind the body listens to the signal.
  const onAbort = (): void => void events.return(undefined)
  signal?.addEventListener('abort', onAbort, { once: true })

  try {
    signal?.throwIfAborted()
    for (;;) {
      let next: IteratorResult<ServerSentEvent, unknown>
      try {
        next = await events.next()
      } catch (error) {
        throw toBodyError(error, context)
      }
      if (signal?.aborted === true) throw signal.reason
      if (next.done === true) break
      const { data, event: eventName } = next.value
      if (data === '[DONE]') {
        done = true
        break
      }
      if (eventName === 'error') throw toAnswerError(parseError(data), context)
      const chunk = parseChunk(data, context)
      const error = findError(chunk)
      if (error !== undefined) throw toAnswerError(error, context)
      id ??= readText(chunk.id)
      model ??= readText(chunk.model)
      if (chunk.usage) usage = chunk.usage
      if (!chunk.choices) continue
      for (const choice of chunk.choices) {
        if (choice.index !== undefined && choice.index !== 0) {
          several = true
          continue
        }
        if (choice.error !== undefined && choice.error !== null) throw toAnswerError(choice.error, context)
        finish = readText(choice.finish_reason) ?? finish
        const { delta } = choice
        if (!delta) continue
        const reasoning = readReasoning(delta, fields)
        if (reasoning !== '') yield { type: 'reasoning-delta', text: reasoning }
        if (typeof delta.content === 'string') {
          if (delta.content !== '') yield { type: 'text-delta', text: delta.content }
        } else if (Array.isArray(delta.content)) {
          for (const { type, text } of readContentParts(delta.content)) yield { type: `${type}-delta`, text }
        }
        if (typeof delta.refusal === 'string' && delta.refusal !== '') {
          refused = true
          yield { type: 'text-delta', text: delta.refusal }
        }
        if (delta.tool_calls) {
          toolCalls ??= createToolCalls()
          for (const piece of delta.tool_calls) {
            const event = toolCalls.add(piece)
            if (event) yield event
          }
        }
        if (delta.function_call) {
          toolCalls ??= createToolCalls()
          const event = toolCalls.add({ index: 0, function: delta.function_call })
          if (event) yield event
        }
      }
    }

    if (finish === 'error') throw toAnswerError(undefined, context)
    if (!done && (finish === undefined || dialect.requireDone !== false)) {
      throw fail('truncated', `The answer of ${name} ended without its end marker`, context, { status: 200 })
    }
    if (finish === undefined) {
      const kind = id === undefined ? 'empty' : 'truncated'
      throw fail(kind, `The answer of ${name} ended without a reason for its end`, context, { status: 200 })
    }
    const calls = toolCalls?.complete() ?? []
    if (calls.some((call) => call.name === '')) {
      throw fail('malformed', `${name} sent a tool call without a name`, context, { status: 200 })
    }
    yield* calls
    const told = usage ? toUsage(usage, dialect) : undefined
    if (told) yield { type: 'usage', usage: told }
    const requestId = (context.headers && readRequestId(context.headers)) ?? id
    yield {
      type: 'finish',
      finishReason: toFinishReason(finish, { refused, hasToolCalls: calls.length > 0 }, dialect),
      ...(told ? { usage: told } : {}),
      warnings: several ? [...context.warnings, otherChoices] : context.warnings,
      model: model ?? context.model,
      provider: context.provider,
      ...(requestId ? { requestId } : {}),
      ...(context.rateLimits.length > 0 ? { rateLimits: context.rateLimits } : {}),
    }
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : toReadingError(error, context)
  } finally {
    signal?.removeEventListener('abort', onAbort)
    if (done) releaseBody(events, context.clock)
    else await events.return(undefined)
  }
}

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
