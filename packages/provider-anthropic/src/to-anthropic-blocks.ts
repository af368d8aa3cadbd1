import type {
  DocumentBlockParam,
  ImageBlockParam,
  TextBlockParam,
  ToolResultBlockParam,
  ToolUseBlockParam,
} from '@anthropic-ai/sdk/resources/messages'
import { InvalidRequestError } from '@llmfb/core/provider'
import type {
  CacheBreakpoint,
  FilePart,
  ImagePart,
  Media,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  Warn,
} from '@llmfb/core/provider'
import { isObject } from './wire.ts'

type CacheControl = Pick<TextBlockParam, 'cache_control'>

export function toCacheControl(breakpoint: CacheBreakpoint | undefined): CacheControl {
  if (!breakpoint) return {}
  return { cache_control: { type: 'ephemeral', ...(breakpoint.ttl !== undefined && { ttl: breakpoint.ttl }) } }
}

/** Nothing for a text without a visible character: the service refuses such blocks. */
export function toTextBlocks(part: Pick<TextPart, 'text' | 'cacheBreakpoint'>): TextBlockParam[] {
  if (part.text.trim() === '') return []
  return [{ type: 'text', text: part.text, ...toCacheControl(part.cacheBreakpoint) }]
}

const dataUrl = /^data:([^;,]*)((?:;[^;,]*)*),/

/** The address that the service may fetch, or bytes in base64 with their type. */
type Source = { readonly url: string } | { readonly mediaType: string; readonly base64: string }

function toSource(media: Media, path: string): Source {
  if ('data' in media) {
    const { data } = media
    return { mediaType: media.mediaType, base64: typeof data === 'string' ? data : toBase64(data) }
  }
  const match = dataUrl.exec(media.url)
  if (match) {
    const [head, mediaType, attributes] = match
    const body = media.url.slice(head.length)
    const base64 = attributes?.endsWith(';base64') ? body : toBase64(decodeUrl(body, path))
    return { mediaType: mediaType || 'text/plain', base64 }
  }
  if (!/^https?:/i.test(media.url)) throw new InvalidRequestError(`${path}.url`, 'is neither an http(s) nor a data URL')
  return { url: media.url }
}

function decodeUrl(text: string, path: string): Uint8Array {
  try {
    return new TextEncoder().encode(decodeURIComponent(text))
  } catch {
    throw new InvalidRequestError(`${path}.url`, 'is a data URL whose content is not well formed')
  }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}

export function toImageBlock(part: ImagePart, path: string, warn: Warn): ImageBlockParam {
  if (part.detail !== undefined && part.detail !== 'auto') {
    warn('unsupported', 'Anthropic looks at every picture with the same care.', `${path}.detail`)
  }
  return imageBlock(toSource(part.image, `${path}.image`), part.cacheBreakpoint)
}

function imageBlock(source: Source, breakpoint: CacheBreakpoint | undefined): ImageBlockParam {
  // Which types of pictures it reads is for the service to say; the SDK's list is older than the service.
  type MediaType = Extract<ImageBlockParam['source'], { type: 'base64' }>['media_type']
  return {
    type: 'image',
    source:
      'url' in source
        ? { type: 'url', url: source.url }
        : { type: 'base64', media_type: source.mediaType as MediaType, data: source.base64 },
    ...toCacheControl(breakpoint),
  }
}

/** PDF and text become documents, pictures become pictures. @throws InvalidRequestError for anything else */
export function toFileBlock(part: FilePart, path: string): DocumentBlockParam | ImageBlockParam {
  const source = toSource(part.file, `${path}.file`)
  const rest = { ...(part.filename !== undefined && { title: part.filename }), ...toCacheControl(part.cacheBreakpoint) }
  if ('url' in source) return { type: 'document', source: { type: 'url', url: source.url }, ...rest }
  const mediaType = source.mediaType.toLowerCase().split(';')[0]?.trim() ?? ''
  if (mediaType.startsWith('image/')) return imageBlock(source, part.cacheBreakpoint)
  if (mediaType === 'application/pdf') {
    return { type: 'document', source: { type: 'base64', media_type: mediaType, data: source.base64 }, ...rest }
  }
  if (mediaType.startsWith('text/') || mediaType === 'application/json') {
    const data = fromBase64(source.base64)
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data }, ...rest }
  }
  throw new InvalidRequestError(`${path}.file.mediaType`, `is '${mediaType}'; Anthropic reads PDF, text and pictures`)
}

/** Ids of other services may have characters that this one refuses; the same id always becomes the same id. */
function toToolCallId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, (character) => `_${character.charCodeAt(0).toString(16)}`)
}

/** The service takes an object; what another model wrote need not be one. Nothing is a call without arguments. */
function toInput(text: string, path: string, warn: Warn): object {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // Told below, with other texts that are no object.
  }
  warn('changed', 'The arguments are no JSON object, which Anthropic wants; they were sent as { "input": text }.', path)
  return { input: text }
}

export function toToolUseBlock(part: ToolCallPart, path: string, warn: Warn): ToolUseBlockParam {
  const input = toInput(part.arguments, `${path}.arguments`, warn)
  return { type: 'tool_use', id: toToolCallId(part.id), name: part.name, input }
}

export function toToolResultBlock(part: ToolResultPart, path: string, warn: Warn): ToolResultBlockParam {
  const content =
    typeof part.content === 'string'
      ? part.content
      : part.content.flatMap((inner, index): (TextBlockParam | ImageBlockParam)[] =>
          inner.type === 'text' ? toTextBlocks(inner) : [toImageBlock(inner, `${path}.content[${index}]`, warn)],
        )
  return {
    type: 'tool_result',
    tool_use_id: toToolCallId(part.toolCallId),
    ...(content.length > 0 && { content }),
    ...(part.isError && { is_error: true }),
    ...toCacheControl(part.cacheBreakpoint),
  }
}
