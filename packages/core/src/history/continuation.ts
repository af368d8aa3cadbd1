import type { Delivered } from '../errors/stream-interrupted-error.ts'
import type { AssistantMessage, Message } from '../provider/message.ts'
import type { ChatRequest } from '../provider/request.ts'
import { estimateTextTokens } from '../tokens/estimate-text-tokens.ts'

/**
 * Why another model cannot go on with an answer that broke off, or undefined where it can.
 *
 * Only text can be gone on with. A tool call may have been acted on, or is half an object; signed reasoning and signed
 * text cannot be taken from one model to another, nor can files. JSON is not gone on with either: services that hold a
 * model to a format begin a whole new document, and refuse a half one.
 */
export function findContinuationObstacle({ text, content }: Delivered, request: ChatRequest): string | undefined {
  const { type = 'text' } = request.responseFormat ?? {}
  if (type !== 'text') return `an answer in the format '${type}' cannot be gone on with`
  for (const part of content) {
    if (part.type === 'tool-call' || part.type === 'file') return `a ${part.type} was delivered`
    if (part.opaque !== undefined) return `${part.type} was delivered that only ${part.opaque.issuer} can read`
  }
  return text.trim() === '' ? 'no text was delivered' : undefined
}

/**
 * The request for the rest of an answer: what was delivered stands as the beginning of the model's own turn. Services
 * refuse such a beginning that ends in white space, so that the end of it is left out; `createSeam` knows of it.
 *
 * Reasoning is not sent back and not asked for again: the answer has begun, and services refuse to think in its midst.
 * `maxTokens` is lowered by what was delivered, as far as an estimate goes.
 */
export function toContinuation(request: ChatRequest, { text, content }: Delivered): ChatRequest {
  const { reasoning, maxTokens, ...rest } = request
  const begun = text.trimEnd()
  const last = request.messages.at(-1)
  const messages =
    last?.role === 'assistant'
      ? [...request.messages.slice(0, -1), append(last, begun)]
      : [...request.messages, { role: 'assistant', content: begun } satisfies Message]
  let tokens = 0
  for (const part of content) if ('text' in part) tokens += estimateTextTokens(part.text)
  return {
    ...rest,
    messages,
    ...(reasoning?.effort === 'none' && { reasoning }),
    ...(maxTokens !== undefined && { maxTokens: Math.max(1, maxTokens - tokens) }),
  }
}

/** The beginning that the caller had given already, and what was delivered of its continuation. */
function append(message: AssistantMessage, text: string): AssistantMessage {
  const { content } = message
  if (typeof content === 'string') return { ...message, content: content + text }
  const last = content.at(-1)
  if (last?.type !== 'text' || last.opaque !== undefined) {
    return { ...message, content: [...content, { type: 'text', text }] }
  }
  return { ...message, content: [...content.slice(0, -1), { ...last, text: last.text + text }] }
}
