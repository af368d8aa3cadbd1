import type {
  AudioFormat,
  ContentBlock,
  DocumentFormat,
  ImageBlock,
  ImageFormat,
  S3Location,
  VideoFormat,
} from '@aws-sdk/client-bedrock-runtime'
import { InvalidRequestError } from '@llmfb/core/provider'
import type { FilePart, ImagePart, Media, Warn } from '@llmfb/core/provider'

const imageFormats: Readonly<Record<string, ImageFormat>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}

const documentFormats: Readonly<Record<string, DocumentFormat>> = {
  'application/pdf': 'pdf',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
  'application/json': 'txt',
}

const videoFormats: Readonly<Record<string, VideoFormat>> = {
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/x-flv': 'flv',
  'video/mpeg': 'mpeg',
  'video/x-ms-wmv': 'wmv',
  'video/3gpp': 'three_gp',
}

const audioFormats: Readonly<Record<string, AudioFormat>> = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/aac': 'aac',
  'audio/flac': 'flac',
  'audio/ogg': 'ogg',
  'audio/opus': 'opus',
  'audio/mp4': 'mp4',
  'audio/webm': 'webm',
}

/** What stands for a media type where there is only an address. */
const typeOfExtension: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
  html: 'text/html',
  md: 'text/markdown',
  txt: 'text/plain',
  json: 'application/json',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
}

/** Bytes, or an object in the store of AWS. */
type Source = { readonly bytes: Uint8Array } | { readonly s3Location: S3Location }

interface Content {
  /** In lower case, without parameters. */
  readonly mediaType: string
  readonly source: Source
}

const dataUrl = /^data:([^;,]*)((?:;[^;,]*)*),/i

function toContent(media: Media, path: string): Content {
  if ('data' in media) {
    const { data } = media
    return { mediaType: bare(media.mediaType), source: { bytes: typeof data === 'string' ? fromBase64(data) : data } }
  }
  const match = dataUrl.exec(media.url)
  if (match) {
    const [head, mediaType = '', attributes = ''] = match
    const body = media.url.slice(head.length)
    const bytes = /;base64$/i.test(attributes) ? fromBase64(body) : fromPercent(body, path)
    return { mediaType: bare(mediaType || 'text/plain'), source: { bytes } }
  }
  if (!media.url.startsWith('s3://')) {
    throw new InvalidRequestError(`${path}.url`, 'is an address that Amazon Bedrock does not fetch; send the bytes')
  }
  const extension = /\.([a-z0-9]+)$/i.exec(media.url)?.[1]?.toLowerCase() ?? ''
  return { mediaType: own(typeOfExtension, extension) ?? '', source: { s3Location: { uri: media.url } } }
}

export function toImageBlock(part: ImagePart, path: string, warn: Warn): { image: ImageBlock } {
  if (part.detail !== undefined && part.detail !== 'auto') {
    warn('unsupported', 'Amazon Bedrock looks at every picture with the same care.', `${path}.detail`)
  }
  const { mediaType, source } = toContent(part.image, `${path}.image`)
  const format = own(imageFormats, mediaType)
  if (format) return { image: { format, source } }
  throw new InvalidRequestError(`${path}.image`, `is ${named(mediaType)}; Amazon Bedrock reads PNG, JPEG, GIF and WebP`)
}

/** Documents, pictures, sounds and films by their media type. @throws InvalidRequestError for anything else */
export function toFileBlock(part: FilePart, path: string, nameFor: (filename?: string) => string): ContentBlock {
  const { mediaType, source } = toContent(part.file, `${path}.file`)
  const image = own(imageFormats, mediaType)
  if (image) return { image: { format: image, source } }
  const video = own(videoFormats, mediaType)
  if (video) return { video: { format: video, source } }
  const audio = own(audioFormats, mediaType)
  if (audio) return { audio: { format: audio, source } }
  const document = own(documentFormats, mediaType) ?? (mediaType.startsWith('text/') ? 'txt' : undefined)
  if (document) return { document: { format: document, name: nameFor(part.filename), source } }
  const problem = `is ${named(mediaType)}; Amazon Bedrock reads PDF, Office, text, pictures, sounds and films`
  throw new InvalidRequestError(`${path}.file`, problem)
}

/**
 * Names documents as the service wants them: letters, digits, single blanks, hyphens and brackets, no name twice in one
 * request. A file's own name is kept as far as that allows.
 */
export function createDocumentNames(): (filename?: string) => string {
  const given = new Set<string>()
  return (filename = '') => {
    const withoutEnding = filename.replace(/\.[a-z0-9]{1,5}$/i, '')
    const clean = withoutEnding.replace(/[^A-Za-z0-9\-()[\]]+/g, ' ').trim()
    const name = clean.slice(0, longestName - numberLength).trim() || 'document'
    let free = name
    for (let count = 2; given.has(free); count++) free = `${name} (${count})`
    given.add(free)
    return free
  }
}

/** `DocumentBlockNameString` in the service description. */
const longestName = 200
/** What a number behind a name takes at most. */
const numberLength = 8

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function bare(mediaType: string): string {
  return mediaType.toLowerCase().split(';', 1)[0]?.trim() ?? ''
}

function named(mediaType: string): string {
  return mediaType === '' ? 'of no known type' : `'${mediaType}'`
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}

function fromPercent(text: string, path: string): Uint8Array {
  try {
    return new TextEncoder().encode(decodeURIComponent(text))
  } catch {
    throw new InvalidRequestError(`${path}.url`, 'is a data URL whose content is not well formed')
  }
}
