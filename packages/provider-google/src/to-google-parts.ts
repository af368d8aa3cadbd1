import type { Part, PartMediaResolutionLevel } from '@google/genai/web'
import { InvalidRequestError } from '@llmfb/core/provider'
import type { FilePart, ImagePart, Media, ToolCallPart, ToolResultPart, Warn } from '@llmfb/core/provider'
import { isThirdGeneration } from './model-traits.ts'
import { fromOpaque } from './opaque.ts'
import { isObject } from './wire.ts'

/** What a conversion needs to know. */
export interface PartContext {
  readonly model: string
  /** Id of this provider. */
  readonly issuer: string
  readonly warn: Warn
}

const dataUrl = /^data:([^;,]*)((?:;[^;,]*)*),/

/** Types by the ends of addresses: the service guesses none, and wants one for most files. */
const typeOfEnding: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
  gif: 'image/gif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  html: 'text/html',
  css: 'text/css',
  csv: 'text/csv',
  md: 'text/markdown',
  xml: 'text/xml',
  json: 'application/json',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  aac: 'audio/aac',
  mp4: 'video/mp4',
  mov: 'video/mov',
  webm: 'video/webm',
  mpeg: 'video/mpeg',
}

/** An address that the service fetches, or bytes in base64 with their type. */
function toMediaPart(media: Media, path: string): Part {
  if ('data' in media) {
    const { data, mediaType: mimeType } = media
    return { inlineData: { mimeType, data: typeof data === 'string' ? data : toBase64(data) } }
  }
  const match = dataUrl.exec(media.url)
  if (match) {
    const [head, mediaType, attributes] = match
    const body = media.url.slice(head.length)
    const data = attributes?.endsWith(';base64') ? body : toBase64(decodeUrl(body, path))
    return { inlineData: { mimeType: mediaType || 'text/plain', data } }
  }
  if (!/^(?:https?|gs):/i.test(media.url)) {
    throw new InvalidRequestError(`${path}.url`, 'is neither an http(s) nor a data URL, which is all that Google takes')
  }
  const ending = /\.([a-z0-9]+)(?:[?#].*)?$/i.exec(media.url)?.[1]?.toLowerCase() ?? ''
  const mimeType = Object.hasOwn(typeOfEnding, ending) ? typeOfEnding[ending] : undefined
  return { fileData: { fileUri: media.url, ...(mimeType !== undefined && { mimeType }) } }
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

const levels = { low: 'MEDIA_RESOLUTION_LOW', high: 'MEDIA_RESOLUTION_HIGH' } as const

export function toImagePart(part: ImagePart, path: string, { model, warn }: PartContext): Part {
  const image = toMediaPart(part.image, `${path}.image`)
  const { detail = 'auto' } = part
  if (detail === 'auto') return image
  if (!isThirdGeneration(model)) {
    warn('unsupported', `${model} at Google looks at all pictures of a request alike.`, `${path}.detail`)
    return image
  }
  return { ...image, mediaResolution: { level: levels[detail] as PartMediaResolutionLevel } }
}

export function toFilePart(part: FilePart, path: string, { warn }: PartContext): Part {
  if (part.filename !== undefined) {
    warn('unsupported', 'Google takes no names of files; it was left out.', `${path}.filename`)
  }
  return toMediaPart(part.file, `${path}.file`)
}

/** The service takes an object; what another model wrote need not be one. Nothing is a call without arguments. */
function toArguments(text: string, path: string, warn: Warn): Record<string, unknown> {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // Told below, with other texts that are no object.
  }
  warn('changed', 'The arguments are no JSON object, which Google wants; they were sent as { "input": text }.', path)
  return { input: text }
}

export function toFunctionCall(part: ToolCallPart, path: string, { issuer, warn }: PartContext): Part {
  const { id, name } = part
  const signed = fromOpaque(part.opaque, issuer)
  const args = toArguments(part.arguments, `${path}.arguments`, warn)
  return {
    functionCall: { id, name, args },
    ...(signed?.signature !== undefined && { thoughtSignature: signed.signature }),
  }
}

/** The result as the service wants it, and what has to stand beside it. */
export function toFunctionResponse(
  part: ToolResultPart,
  path: string,
  names: ReadonlyMap<string, string>,
  { model, warn }: PartContext,
): Part[] {
  const name = part.toolName ?? names.get(part.toolCallId)
  if (name === undefined) {
    throw new InvalidRequestError(`${path}.toolName`, 'is not there, no call has the id, and Google wants the name')
  }
  const content = typeof part.content === 'string' ? [{ type: 'text', text: part.content } as const] : part.content
  const text = content.map((inner) => (inner.type === 'text' ? inner.text : '')).join('')
  const pictures = content.flatMap((inner, index) =>
    inner.type === 'image' ? [toMediaPart(inner.image, `${path}.content[${index}].image`)] : [],
  )
  // `output` and `error` are the keys that the service looks for.
  const response = { [part.isError ? 'error' : 'output']: text }
  const result = { id: part.toolCallId, name, response }
  if (pictures.length === 0) return [{ functionResponse: result }]
  if (isThirdGeneration(model)) {
    return [{ functionResponse: { ...result, parts: pictures } }]
  }
  warn('changed', `${model} at Google takes no pictures in a result; they were put behind it.`, `${path}.content`)
  return [{ functionResponse: result }, ...pictures]
}
