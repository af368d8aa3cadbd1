import { Buffer } from 'node:buffer'
import type { FilePart, ImagePart, Media, TextPart } from '@llmfb/core/provider'
import type OpenAI from 'openai'
import { cannotSend, type Conversion } from './request-context.ts'
import { toPartBreakpoint } from './to-breakpoint.ts'

export function toTextPart(part: TextPart, conversion: Conversion): OpenAI.ChatCompletionContentPartText {
  return { type: 'text', text: part.text, ...toPartBreakpoint(part.cacheBreakpoint, conversion) }
}

export function toImagePart(
  part: ImagePart,
  path: string,
  conversion: Conversion,
): OpenAI.ChatCompletionContentPartImage {
  if (!conversion.capabilities.input.includes('image')) throw cannotSend(path, 'the model sees no images', conversion)
  return {
    type: 'image_url',
    image_url: { url: toMediaUrl(part.image), ...(part.detail === undefined ? {} : { detail: part.detail }) },
    ...toPartBreakpoint(part.cacheBreakpoint, conversion),
  }
}

/** Pictures among files go as pictures, WAV and MP3 as sound, everything else as a file. */
export function toFilePart(part: FilePart, path: string, conversion: Conversion): OpenAI.ChatCompletionContentPart {
  const { file, filename, cacheBreakpoint } = part
  const mediaType = 'mediaType' in file ? file.mediaType.toLowerCase() : ''
  if (mediaType.startsWith('image/')) {
    return toImagePart({ type: 'image', image: file, ...(cacheBreakpoint && { cacheBreakpoint }) }, path, conversion)
  }
  if (!conversion.capabilities.input.includes('file')) throw cannotSend(path, 'the model reads no files', conversion)
  const breakpoint = toPartBreakpoint(cacheBreakpoint, conversion)
  const format = soundFormats.get(mediaType)
  if (format !== undefined && 'data' in file) {
    return { type: 'input_audio', input_audio: { data: toBase64(file.data), format }, ...breakpoint }
  }
  if ('url' in file && !file.url.startsWith('data:') && !conversion.dialect.fileUrls) {
    throw cannotSend(`${path}.file.url`, 'files go as data, not by URL', conversion)
  }
  const name = filename ?? `file.${mediaType.split('/')[1]?.split(/[;+]/)[0] || 'pdf'}`
  return { type: 'file', file: { filename: name, file_data: toMediaUrl(file) }, ...breakpoint }
}

const soundFormats: ReadonlyMap<string, 'wav' | 'mp3'> = new Map([
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
  ['audio/mpeg', 'mp3'],
  ['audio/mp3', 'mp3'],
])

export function toMediaUrl(media: Media): string {
  return 'url' in media ? media.url : `data:${media.mediaType};base64,${toBase64(media.data)}`
}

function toBase64(data: Uint8Array | string): string {
  if (typeof data === 'string') return data
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
}
