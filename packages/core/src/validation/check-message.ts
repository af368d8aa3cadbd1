import { checkFields, describe, isFields } from './shape.ts'
import type { Fields, Report } from './shape.ts'

type PartCheck = (part: Fields, path: string, report: Report) => void

function checkText(part: Fields, path: string, report: Report): void {
  checkFields(part, ['type', 'text', 'cacheBreakpoint', 'opaque'], path, report)
  if (typeof part['text'] !== 'string') report(`${path}.text`, `must be a string, not ${describe(part['text'])}`)
}

function checkMedia(media: unknown, path: string, report: Report): void {
  if (!isFields(media)) return report(path, `must be { url } or { data, mediaType }, not ${describe(media)}`)
  if ('url' in media) {
    checkFields(media, ['url'], path, report)
    const url = media['url']
    if (typeof url !== 'string' || !/^https?:\/\//i.test(url)) report(`${path}.url`, 'must be an http or https address')
    return
  }
  checkFields(media, ['data', 'mediaType'], path, report)
  const { data, mediaType } = media
  if (!(data instanceof Uint8Array) && (typeof data !== 'string' || data === '')) {
    report(`${path}.data`, `must be a Uint8Array or base64 text, not ${describe(data)}`)
  }
  if (typeof data === 'string' && data.startsWith('data:')) report(`${path}.data`, "must be base64 without a 'data:' prefix")
  if (typeof mediaType !== 'string' || !/^[\w.+-]+\/[\w.+*-]+$/.test(mediaType)) {
    report(`${path}.mediaType`, "must be a media type such as 'image/png'")
  }
}

function checkImage(part: Fields, path: string, report: Report): void {
  checkFields(part, ['type', 'image', 'detail', 'cacheBreakpoint'], path, report)
  checkMedia(part['image'], `${path}.image`, report)
}

function checkFile(part: Fields, path: string, report: Report): void {
  checkFields(part, ['type', 'file', 'filename', 'cacheBreakpoint'], path, report)
  checkMedia(part['file'], `${path}.file`, report)
}

function checkReasoning(part: Fields, path: string, report: Report): void {
  checkFields(part, ['type', 'text', 'opaque'], path, report)
  if (typeof part['text'] !== 'string') report(`${path}.text`, `must be a string, not ${describe(part['text'])}`)
}

function checkToolCall(part: Fields, path: string, report: Report): void {
  checkFields(part, ['type', 'id', 'name', 'arguments', 'opaque'], path, report)
  for (const field of ['id', 'name'] as const) {
    if (typeof part[field] !== 'string' || part[field] === '') report(`${path}.${field}`, 'must be a string that is not empty')
  }
  if (typeof part['arguments'] !== 'string') report(`${path}.arguments`, 'must be the arguments as JSON text')
}

function checkToolResult(part: Fields, path: string, report: Report): void {
  checkFields(part, ['type', 'toolCallId', 'toolName', 'content', 'isError', 'cacheBreakpoint'], path, report)
  const { toolCallId, content } = part
  if (typeof toolCallId !== 'string' || toolCallId === '') report(`${path}.toolCallId`, 'must be the id of a tool call')
  checkContent(content, `${path}.content`, { text: checkText, image: checkImage }, report)
}

const partsOf: Readonly<Record<string, Readonly<Record<string, PartCheck>>>> = {
  system: { text: checkText },
  user: { text: checkText, image: checkImage, file: checkFile },
  assistant: { text: checkText, reasoning: checkReasoning, 'tool-call': checkToolCall, file: checkFile },
  tool: { 'tool-result': checkToolResult },
}

function checkContent(
  content: unknown,
  path: string,
  parts: Readonly<Record<string, PartCheck>>,
  report: Report,
): void {
  if (typeof content === 'string') return
  if (!Array.isArray(content)) return report(path, `must be a string or an array of parts, not ${describe(content)}`)
  content.forEach((part: unknown, index) => {
    const at = `${path}[${index}]`
    if (!isFields(part)) return report(at, `must be a part, not ${describe(part)}`)
    const { type } = part
    const check = typeof type === 'string' && Object.hasOwn(parts, type) ? parts[type] : undefined
    if (check === undefined) return report(`${at}.type`, `must be one of ${Object.keys(parts).join(', ')} here`)
    check(part, at, report)
  })
}

const messageFields: readonly string[] = ['role', 'content']

/** Checks one message of a request. */
export function checkMessage(message: unknown, path: string, report: Report): void {
  if (!isFields(message)) return report(path, `must be a message, not ${describe(message)}`)
  for (const field in message) {
    if (field !== 'role' && field !== 'content') checkFields(message, messageFields, path, report)
  }
  const { role, content } = message
  const parts = typeof role === 'string' && Object.hasOwn(partsOf, role) ? partsOf[role] : undefined
  if (parts === undefined) return report(`${path}.role`, `must be one of ${Object.keys(partsOf).join(', ')}`)
  if (role === 'tool' && typeof content === 'string') report(`${path}.content`, 'must be an array of tool-result parts')
  checkContent(content, `${path}.content`, parts, report)
}
