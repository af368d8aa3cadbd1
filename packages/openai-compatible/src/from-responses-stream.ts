import type { StreamEvent } from '@llmfb/core/provider'
import { releaseBody, type ServerSentEvent } from '@llmfb/transport'
import type { AnswerContext } from './answer-context.ts'
import { phaseOpaque, reasoningOpaque } from './own-items.ts'
import { readFinish, readMessageText, readReasoningText } from './read-response.ts'
import type { WireItem, WireResponse, WireResponseEvent } from './responses-wire.ts'
import { fail, readRequestId, toAnswerError, toBodyError, toReadingError } from './to-provider-error.ts'
import { toResponsesUsage } from './to-responses-usage.ts'
import { findError, isRecord, readText, toArgumentsText } from './wire.ts'

/** An item of the answer while it comes. */
interface OpenItem {
  /** What has come of it: the text of a message or of reasoning, or the arguments of a call. */
  text: string
  /** Which kind of reasoning counts: the one that came first. */
  reasoning?: 'text' | 'summary'
  readonly call?: { readonly index: number; readonly id: string; readonly name: string }
}

/** What the events so far have said. */
interface Answer {
  readonly items: Map<unknown, OpenItem>
  refused: boolean
  /** Calls that have begun, and those that are complete. */
  begun: number
  ended: number
  created?: WireResponse
}

/**
 * The events of a streamed answer of the Responses API. `response.completed` or `response.incomplete` ends it, whatever
 * comes after. Closes `events`.
 *
 * @throws ProviderError when the stream holds an error or something that is no event, breaks off, or has no end marker;
 *   the signal's reason when the call was aborted
 */
export async function* fromResponsesStream(
  events: AsyncGenerator<ServerSentEvent, unknown, undefined>,
  context: AnswerContext,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { dialect, name, signal } = context
  const answer: Answer = { items: new Map(), refused: false, begun: 0, ended: 0 }
  let end: WireResponse | undefined
  // Ends a read that waits, whether or not the fetch behind the body listens to the signal.
  const onAbort = (): void => void events.return(undefined)
  signal?.addEventListener('abort', onAbort, { once: true })

  try {
    signal?.throwIfAborted()
    while (end === undefined) {
      let next: IteratorResult<ServerSentEvent, unknown>
      try {
        next = await events.next()
      } catch (error) {
        throw toBodyError(error, context)
      }
      if (signal?.aborted === true) throw signal.reason
      if (next.done === true || next.value.data === '[DONE]') {
        throw fail('truncated', `The answer of ${name} ended without its end marker`, context, { status: 200 })
      }
      const event = parseEvent(next.value, context)
      switch (event.type) {
        case 'response.completed':
        case 'response.incomplete':
          end = event.response ?? {}
          break
        case 'response.failed':
          throw toAnswerError(event.response?.error ?? undefined, context)
        case 'error':
          throw toAnswerError(event.error ?? event, context)
        case 'response.created':
          if (event.response) answer.created = event.response
          break
        default:
          for (const each of readEvent(event, answer, context)) yield each // `yield*` costs several turns for each
      }
    }

    const finishReason = readFinish(end, { refused: answer.refused, hasToolCalls: answer.ended > 0 }, context)
    if (finishReason.raw === '' || answer.begun > answer.ended) {
      throw fail('malformed', `${name} ended its answer before it was complete`, context, { status: 200 })
    }
    if (answer.items.size === 0 && finishReason.raw === 'completed') {
      throw fail('empty', `The answer of ${name} is empty`, context, { status: 200 })
    }
    const usage = toResponsesUsage(end.usage, dialect)
    if (usage) yield { type: 'usage', usage }
    const { created } = answer
    const requestId = (context.headers && readRequestId(context.headers)) ?? readText(end.id) ?? readText(created?.id)
    yield {
      type: 'finish',
      finishReason,
      ...(usage ? { usage } : {}),
      warnings: context.warnings,
      model: readText(end.model) ?? readText(created?.model) ?? context.model,
      provider: context.provider,
      ...(requestId ? { requestId } : {}),
      ...(context.rateLimits.length > 0 ? { rateLimits: context.rateLimits } : {}),
    }
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : toReadingError(error, context)
  } finally {
    signal?.removeEventListener('abort', onAbort)
    if (end) releaseBody(events, context.clock)
    else await events.return(undefined)
  }
}

/** What one event adds to the answer; kinds that are not known add nothing. */
function* readEvent(event: WireResponseEvent, answer: Answer, context: AnswerContext): Generator<StreamEvent, void> {
  switch (event.type) {
    case 'response.output_text.delta':
    case 'response.refusal.delta': {
      if (event.type === 'response.refusal.delta') answer.refused = true
      const text = readText(event.delta)
      if (text === undefined) return
      openItem(event, answer).text += text
      yield { type: 'text-delta', text }
      return
    }
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta': {
      const text = readText(event.delta)
      const item = openItem(event, answer)
      const kind = event.type === 'response.reasoning_text.delta' ? 'text' : 'summary'
      item.reasoning ??= kind
      if (text === undefined || item.reasoning !== kind) return
      item.text += text
      yield { type: 'reasoning-delta', text }
      return
    }
    case 'response.output_item.added':
      if (event.item?.type === 'function_call') yield beginCall(event, event.item, answer, context)
      else openItem(event, answer)
      return
    case 'response.function_call_arguments.delta': {
      const item = answer.items.get(event.output_index)
      const text = readText(event.delta)
      if (item?.call === undefined || text === undefined) return
      item.text += text
      yield { type: 'tool-call-delta', index: item.call.index, id: item.call.id, arguments: text }
      return
    }
    case 'response.output_item.done':
      if (event.item) yield* endItem(event, event.item, answer, context)
      return
    default:
  }
}

function openItem({ output_index: index }: WireResponseEvent, { items }: Answer): OpenItem {
  let item = items.get(index)
  if (item === undefined) {
    item = { text: '' }
    items.set(index, item)
  }
  return item
}

function beginCall(event: WireResponseEvent, item: WireItem, answer: Answer, context: AnswerContext): StreamEvent {
  const name = readText(item.name)
  if (name === undefined) {
    throw fail('malformed', `${context.name} sent a tool call without a name`, context, { status: 200 })
  }
  const index = answer.begun
  answer.begun += 1
  const id = readText(item.call_id) ?? readText(item.id) ?? `call_${index}`
  const text = toArgumentsText(item.arguments)
  answer.items.set(event.output_index, { text, call: { index, id, name } })
  return { type: 'tool-call-delta', index, id, name, arguments: text }
}

/** A complete item: what of it has not come in pieces, and what closes its part. */
function* endItem(
  event: WireResponseEvent,
  item: WireItem,
  answer: Answer,
  context: AnswerContext,
): Generator<StreamEvent, void> {
  const { provider } = context
  if (item.type === 'function_call') {
    if (answer.items.get(event.output_index)?.call === undefined) yield beginCall(event, item, answer, context)
    const { call, text } = openItem(event, answer)
    if (call === undefined) return
    const whole = toArgumentsText(item.arguments)
    if (text === '' && whole !== '') {
      yield { type: 'tool-call-delta', index: call.index, id: call.id, arguments: whole }
    }
    answer.ended += 1
    yield { type: 'tool-call', ...call, arguments: text === '' ? whole : text }
  } else if (item.type === 'message') {
    const { text } = openItem(event, answer)
    const message = readMessageText(item)
    const opaque = phaseOpaque(provider, item)
    const rest = text === '' ? message.text : ''
    answer.refused ||= message.refused
    if (rest !== '' || opaque) yield { type: 'text-delta', text: rest, ...(opaque && { opaque }) }
  } else if (item.type === 'reasoning') {
    const { text } = openItem(event, answer)
    const rest = text === '' ? readReasoningText(item) : ''
    yield { type: 'reasoning-delta', text: rest, opaque: reasoningOpaque(provider, item) }
  }
}

function parseEvent({ data, event }: ServerSentEvent, context: AnswerContext): WireResponseEvent {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    if (event === 'error') throw toAnswerError(data, context)
    // The parser's own message quotes the answer.
    throw fail('malformed', `${context.name} sent an event that is not JSON`, context, { status: 200 })
  }
  if (!isRecord(value)) {
    throw fail('malformed', `${context.name} sent an event that is not an object`, context, { status: 200 })
  }
  if (event === 'error') throw toAnswerError(findError(value) ?? value, context)
  if (value['type'] === undefined) {
    const error = findError(value)
    if (error !== undefined) throw toAnswerError(error, context)
    throw fail('malformed', `${context.name} sent an event of no kind`, context, { status: 200 })
  }
  return value
}
