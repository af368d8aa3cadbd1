import type {
  AssistantPart,
  ChatRequest,
  ChatResponse,
  FilePart,
  FinishReason,
  ToolCallPart,
  Usage,
  Warning,
} from '@llmfb/core/provider'
import type { Failure } from './to-provider-error.ts'

/** What an answer is read with. */
export interface AnswerContext {
  /** Id of the provider. */
  readonly provider: string
  /** Model that was asked, for answers that do not say. */
  readonly model: string
  readonly warnings: readonly Warning[]
  readonly requestId?: string
  /** Ids for the answer's tool calls, in order. */
  readonly callIds: Iterator<string, never>
  /** Makes the error of a failure. */
  readonly toError: (failure: Failure) => Error
}

/** The parts of one message, whole or a piece of a stream. */
export interface MessageParts {
  readonly thinking: string
  readonly text: string
  readonly calls: readonly ToolCallPart[]
  readonly files: readonly FilePart[]
}

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Ids for tool calls, which Ollama has none for: by position in the conversation, so that the same request and answer
 * always give the same ones and no two calls of a conversation share one.
 */
export function* toolCallIds(request: Pick<ChatRequest, 'messages'>): Generator<string, never> {
  const taken = new Set<string>()
  for (const { role, content } of request.messages) {
    if (role !== 'assistant' || typeof content === 'string') continue
    for (const part of content) if (part.type === 'tool-call') taken.add(part.id)
  }
  for (let position = taken.size; ; position++) {
    const id = `call_${position}`
    if (!taken.has(id)) yield id
  }
}

/** First characters of base64 that the usual formats begin with. */
const mediaTypes: readonly (readonly [string, string])[] = [
  ['iVBORw', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
]

function toFile(data: string): FilePart {
  const mediaType = mediaTypes.find(([start]) => data.startsWith(start))?.[1] ?? 'application/octet-stream'
  return { type: 'file', file: { data, mediaType } }
}

function toCall(call: unknown, { callIds, toError }: AnswerContext): ToolCallPart {
  const fields = isFields(call) ? call : {}
  const { name, arguments: args } = isFields(fields['function']) ? fields['function'] : {}
  if (typeof name !== 'string' || name === '') {
    throw toError({ type: 'malformed', problem: 'holds a tool call without a name' })
  }
  return {
    type: 'tool-call',
    // Its id where the server has given it one, as newer ones do.
    id: typeof fields['id'] === 'string' && fields['id'] !== '' ? fields['id'] : callIds.next().value,
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
  }
}

/** Reads the `message` of an answer or of a piece of it. */
export function readMessage(message: unknown, answer: AnswerContext): MessageParts {
  const malformed = (problem: string): Error => answer.toError({ type: 'malformed', problem })
  if (message == null) return { thinking: '', text: '', calls: [], files: [] }
  if (!isFields(message)) throw malformed('holds a message that is none')
  const { content = '', thinking = '', tool_calls: calls, images } = message
  const text = content ?? ''
  if (typeof text !== 'string') throw malformed('holds a content that is no text')
  if (calls != null && !Array.isArray(calls)) throw malformed('holds tool calls that are no list')
  return {
    thinking: typeof thinking === 'string' ? thinking : '',
    text,
    calls: ((calls ?? []) as unknown[]).map((call) => toCall(call, answer)),
    files: Array.isArray(images) ? images.filter((image) => typeof image === 'string').map(toFile) : [],
  }
}

/** The finish of an answer. Ollama says `stop` of tool calls too, and before version 0.1.38 nothing. */
function readFinish(raw: unknown, hasCalls: boolean): FinishReason {
  const word = typeof raw === 'string' ? raw : ''
  if (hasCalls && (word === 'stop' || word === '')) return { unified: 'tool-calls', raw: word }
  if (word === 'stop' || word === 'length') return { unified: word, raw: word }
  if (word === 'tool_calls') return { unified: 'tool-calls', raw: word }
  return { unified: word === '' ? 'stop' : 'other', raw: word }
}

/** Tokens of an answer; Ollama tells neither cached nor reasoning tokens apart. */
export function readUsage({ prompt_eval_count: input, eval_count: output }: Fields): Usage | undefined {
  if (typeof input !== 'number' && typeof output !== 'number') return undefined
  return {
    uncachedInputTokens: typeof input === 'number' ? input : 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTextTokens: typeof output === 'number' ? output : 0,
    reasoningTokens: 0,
  }
}

/** What an answer says of itself, beside its content. */
export function readEnvelope(
  last: Fields,
  answer: AnswerContext,
  hasCalls: boolean,
): Omit<ChatResponse, 'text' | 'content'> {
  const usage = readUsage(last)
  return {
    finishReason: readFinish(last['done_reason'], hasCalls),
    ...(usage === undefined ? undefined : { usage }),
    warnings: answer.warnings,
    model: typeof last['model'] === 'string' && last['model'] !== '' ? last['model'] : answer.model,
    provider: answer.provider,
    ...(answer.requestId === undefined ? undefined : { requestId: answer.requestId }),
  }
}

/** Whether an answer without any content is one: a model may use up its tokens on nothing, and that is all. */
export function isEmpty(hasContent: boolean, finish: FinishReason): boolean {
  return !hasContent && finish.unified !== 'length'
}

/** The SDK's answer as a response. @throws what `toError` makes, where it is none */
export function fromOllamaResponse(response: unknown, answer: AnswerContext): ChatResponse {
  if (!isFields(response)) throw answer.toError({ type: 'malformed', problem: 'is no JSON object' })
  if (response['done'] === false) throw answer.toError({ type: 'truncated', problem: 'ends before it is done' })
  const { thinking, text, calls, files } = readMessage(response['message'], answer)
  const content: AssistantPart[] = [
    ...(thinking === '' ? [] : [{ type: 'reasoning' as const, text: thinking }]),
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...files,
    ...calls,
  ]
  const envelope = readEnvelope(response, answer, calls.length > 0)
  if (isEmpty(content.length > 0, envelope.finishReason) || response['message'] == null) {
    throw answer.toError({ type: 'empty', problem: 'holds no message' })
  }
  return { text, content, ...envelope }
}
