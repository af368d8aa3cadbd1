import type { FilePart, ImagePart, Media } from '@llmfb/core/provider'
import { toMedia } from '@llmfb/openai-compatible'
import { Buffer } from 'node:buffer'
import { isFields } from './merge-chunks.ts'
import { toPath, toUrl } from './storage.ts'

/** A file of a message: its content, or where it is. Source: `Attachment` of DIAL's SDK. */
export interface Attachment {
  /** IANA media type; DIAL takes text/markdown where there is none. */
  readonly type?: string
  readonly title?: string
  /** Base64, and of Markdown and other texts that an application attached the text itself. */
  readonly data?: string
  /** An address, or a path in DIAL's own storage. */
  readonly url?: string
}

/** Media types by the ends of addresses; an attachment without a type would be taken for Markdown. */
const types: ReadonlyMap<string, string> = new Map([
  ['csv', 'text/csv'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['gif', 'image/gif'],
  ['html', 'text/html'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['mp3', 'audio/mpeg'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['txt', 'text/plain'],
  ['wav', 'audio/wav'],
  ['webp', 'image/webp'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
])

/** DIAL's adapters look at the address where a type says as little as this. */
const unknownType = 'application/octet-stream'

/**
 * A file of a message as DIAL has it.
 *
 * @param host where DIAL is
 */
export function toAttachment(part: FilePart | ImagePart, host: string): Attachment {
  const title = part.type === 'file' ? part.filename : undefined
  return { ...toContent(part.type === 'file' ? part.file : part.image, host), ...(title !== undefined && { title }) }
}

function toContent(media: Media, host: string): Attachment {
  if ('url' in media) return { type: typeOf(media.url), url: toPath(media.url, host) ?? media.url }
  const { data, mediaType } = media
  const base64 = typeof data === 'string' ? data : Buffer.from(data).toString('base64')
  return { type: mediaType, data: base64 }
}

function typeOf(url: string): string {
  const told = /^data:([^;,]+)/i.exec(url)?.[1]
  const end = /\.([a-z0-9]+)(?:[?#].*)?$/i.exec(url)?.[1] ?? ''
  return told ?? types.get(end.toLowerCase()) ?? unknownType
}

/** The file that an attachment of an answer is, or undefined where it is none: a reference, or a bare title. */
export function toFilePart(attachment: unknown, host: string): FilePart | undefined {
  if (!isFields(attachment)) return undefined
  const { data, title, url } = attachment
  const type = typeof attachment['type'] === 'string' ? attachment['type'] : 'text/markdown'
  const filename = typeof title === 'string' && title !== '' ? { filename: title } : {}
  if (typeof url === 'string' && url !== '') return { type: 'file', file: toMedia(toUrl(url, host)), ...filename }
  if (typeof data !== 'string' || data === '') return undefined
  const base64 = type.startsWith('text/') ? Buffer.from(data).toString('base64') : data
  return { type: 'file', file: { data: base64, mediaType: type }, ...filename }
}
