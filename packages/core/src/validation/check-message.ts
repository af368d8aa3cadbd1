import type { Check } from './shape.ts'
import { anything, checkFields, describe, fields, flag, isFields, isText, must, oneOf, string, text } from './shape.ts'

/** A prompt-cache breakpoint. */
export const cacheBreakpoint: Check = fields({ ttl: oneOf('5m', '1h') })

const cache = { cacheBreakpoint }
const opaque = fields({ issuer: text, model: text, data: anything }, ['issuer'])

const url = must((value) => typeof value === 'string' && /^https?:\/\//i.test(value), 'an http or https address')

const data = must(
  (value) => value instanceof Uint8Array || (isText(value) && !value.startsWith('data:')),
  "a Uint8Array, or base64 text without a 'data:' prefix",
)

const mediaType = must(
  (value) => typeof value === 'string' && /^[\w.+-]+\/[\w.+*-]+$/.test(value),
  "a media type such as 'image/png'",
)

const byUrl = fields({ url })
const inline = fields({ data, mediaType }, ['data', 'mediaType'])

const media: Check = (value, path, report) => {
  if (isFields(value)) return ('url' in value ? byUrl : inline)(value, path, report)
  report(path, `must be { url } or { data, mediaType }, not ${describe(value)}`)
}

const textPart = fields({ type: anything, text: string, ...cache, opaque }, ['text'])
const imagePart = fields({ type: anything, image: media, detail: oneOf('auto', 'low', 'high'), ...cache }, ['image'])
const filePart = fields({ type: anything, file: media, filename: string, ...cache }, ['file'])
const reasoningPart = fields({ type: anything, text: string, opaque }, ['text'])
const toolCallPart = fields({ type: anything, id: text, name: text, arguments: string, opaque }, [
  'id',
  'name',
  'arguments',
])
const toolResultPart = fields(
  {
    type: anything,
    toolCallId: text,
    toolName: text,
    content: contentOf({ text: textPart, image: imagePart }),
    isError: flag,
    ...cache,
  },
  ['toolCallId', 'content'],
)

/** A text, or an array of these parts. */
function contentOf(parts: Readonly<Record<string, Check>>): Check {
  return (content, path, report) => {
    if (typeof content === 'string') return
    if (!Array.isArray(content)) return report(path, `must be a string or an array of parts, not ${describe(content)}`)
    ;[...content].forEach((part: unknown, index) => {
      const at = `${path}[${index}]`
      if (!isFields(part)) return report(at, `must be a part, not ${describe(part)}`)
      const { type } = part
      const check = typeof type === 'string' && Object.hasOwn(parts, type) ? parts[type] : undefined
      if (check) check(part, at, report)
      else report(`${at}.type`, `must be one of ${Object.keys(parts).join(', ')} here`)
    })
  }
}

const toolContent = contentOf({ 'tool-result': toolResultPart })

const contents: Readonly<Record<string, Check>> = {
  system: contentOf({ text: textPart }),
  user: contentOf({ text: textPart, image: imagePart, file: filePart }),
  assistant: contentOf({ text: textPart, reasoning: reasoningPart, 'tool-call': toolCallPart, file: filePart }),
  tool: (content, path, report) => {
    if (typeof content === 'string') report(path, 'must be an array of tool-result parts')
    else toolContent(content, path, report)
  },
}

const messageFields: readonly string[] = ['role', 'content']

/** Checks one message of a request. */
export const checkMessage: Check = (message, path, report) => {
  if (!isFields(message)) return report(path, `must be a message, not ${describe(message)}`)
  checkFields(message, messageFields, path, report)
  const { role, content } = message
  const check = typeof role === 'string' && Object.hasOwn(contents, role) ? contents[role] : undefined
  if (check) check(content, `${path}.content`, report)
  else report(`${path}.role`, `must be one of ${Object.keys(contents).join(', ')}`)
}
