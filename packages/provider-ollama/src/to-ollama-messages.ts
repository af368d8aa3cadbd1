import type {
  AssistantMessage,
  ChatRequest,
  ImagePart,
  Media,
  Message,
  ToolResultPart,
  UserMessage,
  Warn,
} from '@llmfb/core/provider'
import type { Addressee } from './cannot-send.ts'
import { cannotSend } from './cannot-send.ts'

/** A message as `/api/chat` takes it. */
export interface OllamaMessage {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string
  thinking?: string
  /** Base64. */
  images?: string[]
  tool_calls?: { function: { name: string; arguments: Record<string, unknown> } }[]
  tool_name?: string
}

/** What a conversion may say and needs to know. */
interface Context extends Addressee {
  readonly warn: Warn
  /** Tool names by the ids of their calls. */
  readonly toolNames: ReadonlyMap<string, string>
}

const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/** `String.fromCharCode` takes its bytes as arguments, of which an engine allows some ten thousand. */
const bytesAtOnce = 8192

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += bytesAtOnce) {
    binary += String.fromCharCode(...bytes.subarray(at, at + bytesAtOnce))
  }
  return btoa(binary)
}

function toImage(media: Media, path: string, context: Context): string {
  const dataUrl = 'url' in media ? /^data:[^,]*;base64,(.*)$/is.exec(media.url)?.[1] : undefined
  if ('url' in media && dataUrl === undefined) {
    throw cannotSend(`${path}.url`, 'it is an address, and images go as bytes or base64 only', context)
  }
  const data = 'url' in media ? (dataUrl ?? '') : media.data
  const text = typeof data === 'string' ? data : toBase64(data)
  if (!base64.test(text)) {
    throw cannotSend('url' in media ? `${path}.url` : `${path}.data`, 'it is empty or no base64 text', context)
  }
  return text
}

function imageOf(part: ImagePart, path: string, context: Context): string {
  if (part.detail !== undefined && part.detail !== 'auto') {
    context.warn('unsupported', 'Ollama looks at all images alike.', `${path}.detail`)
  }
  return toImage(part.image, `${path}.image`, context)
}

function withImages(message: OllamaMessage, images: string[]): OllamaMessage {
  return images.length === 0 ? message : { ...message, images }
}

function fromUser(message: UserMessage, path: string, context: Context): OllamaMessage {
  if (typeof message.content === 'string') return { role: 'user', content: message.content }
  const texts: string[] = []
  const images: string[] = []
  for (const [index, part] of message.content.entries()) {
    const here = `${path}.content[${index}]`
    if (part.type === 'text') texts.push(part.text)
    else if (part.type === 'image') images.push(imageOf(part, here, context))
    else throw cannotSend(here, 'it is a file, and there are text and images only', context)
  }
  return withImages({ role: 'user', content: texts.join('\n\n') }, images)
}

/** Ollama takes an object; what the model wrote need not be one. */
function toArguments(text: string, path: string, { warn }: Context): Record<string, unknown> {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Reported below, with other texts that are no object.
  }
  warn('changed', 'The arguments are no JSON object, which Ollama wants; they were sent as { "input": text }.', path)
  return { input: text }
}

function fromAssistant(message: AssistantMessage, path: string, context: Context): OllamaMessage {
  if (typeof message.content === 'string') return { role: 'assistant', content: message.content }
  let content = ''
  let thinking = ''
  const images: string[] = []
  const calls: NonNullable<OllamaMessage['tool_calls']> = []
  for (const [index, part] of message.content.entries()) {
    const here = `${path}.content[${index}]`
    if ((part.type === 'text' || part.type === 'tool-call') && part.opaque) {
      const problem = 'Only the service that issued an opaque value can use it; it was left out.'
      context.warn('unsupported', problem, `${here}.opaque`)
    }
    if (part.type === 'text') content += part.text
    else if (part.type === 'tool-call') {
      calls.push({
        function: { name: part.name, arguments: toArguments(part.arguments, `${here}.arguments`, context) },
      })
    } else if (part.type === 'reasoning') {
      if (part.opaque === undefined || part.opaque.issuer === context.provider) thinking += part.text
      else context.warn('unsupported', `The reasoning is for ${part.opaque.issuer} alone and was left out.`, here)
    } else if (!('url' in part.file) && part.file.mediaType.startsWith('image/')) {
      images.push(toImage(part.file, `${here}.file`, context))
    } else context.warn('unsupported', 'Ollama takes no files back; this one was left out.', here)
  }
  return withImages(
    {
      role: 'assistant',
      content,
      ...(thinking === '' ? undefined : { thinking }),
      ...(calls.length === 0 ? undefined : { tool_calls: calls }),
    },
    images,
  )
}

function fromToolResult(part: ToolResultPart, path: string, context: Context): OllamaMessage {
  const name = part.toolName ?? context.toolNames.get(part.toolCallId)
  if (name === undefined) {
    throw cannotSend(`${path}.toolCallId`, 'it answers no tool call of the conversation; set toolName', context)
  }
  const parts = typeof part.content === 'string' ? [{ type: 'text' as const, text: part.content }] : part.content
  const texts: string[] = []
  const images: string[] = []
  for (const [index, inner] of parts.entries()) {
    if (inner.type === 'text') texts.push(inner.text)
    else images.push(imageOf(inner, `${path}.content[${index}]`, context))
  }
  const text = texts.join('\n\n')
  if (part.isError) context.warn('changed', 'Ollama has no mark for it; "Error: " was put in front.', `${path}.isError`)
  return withImages({ role: 'tool', content: part.isError ? `Error: ${text}` : text, tool_name: name }, images)
}

function fromMessage(message: Message, path: string, context: Context): OllamaMessage[] {
  switch (message.role) {
    case 'system': {
      const { content } = message
      const text = typeof content === 'string' ? content : content.map((part) => part.text).join('\n\n')
      return [{ role: 'system', content: text }]
    }
    case 'user':
      return [fromUser(message, path, context)]
    case 'assistant':
      return [fromAssistant(message, path, context)]
    case 'tool':
      return message.content.map((part, index) => fromToolResult(part, `${path}.content[${index}]`, context))
  }
}

/** The conversation as Ollama takes it. @throws ProviderError of kind `invalid-request` */
export function toOllamaMessages(request: ChatRequest, provider: string, warn: Warn): OllamaMessage[] {
  const { model } = request
  const calls = request.messages.flatMap((message) =>
    message.role === 'assistant' && typeof message.content !== 'string'
      ? message.content.filter((part) => part.type === 'tool-call')
      : [],
  )
  const toolNames = new Map(calls.map((call) => [call.id, call.name]))
  return request.messages.flatMap((message, index) =>
    fromMessage(message, `messages[${index}]`, { provider, model, warn, toolNames }),
  )
}
