import type { ChatRequest } from '../provider/request.ts'
import type { Fields } from './shape.ts'
import { isFields, isText } from './shape.ts'

function hasOthers(message: Fields): boolean {
  for (const field in message) if (field !== 'role' && field !== 'content') return true
  return false
}

/** Whether it is a message of nothing but text, as most are; these need no path and no further look. */
function isPlainMessage(message: unknown): boolean {
  if (!isFields(message) || typeof message['content'] !== 'string') return false
  const { role } = message
  return (role === 'user' || role === 'assistant' || role === 'system') && !hasOthers(message)
}

/** A prompt of no more characters than this fits any model; nobody need estimate its tokens. */
const mostSimpleChars = 2000

/** Whether it is a request, and nothing but a few messages of text, as many are; nothing else need be looked at then. */
export function isSimpleRequest(value: unknown): value is ChatRequest {
  if (!isFields(value)) return false
  const { model, messages } = value
  if (!isText(model) || !Array.isArray(messages) || messages.length === 0) return false
  for (const field in value) if (field !== 'model' && field !== 'messages') return false
  let chars = 0
  for (let at = 0; at < messages.length; at++) {
    if (!isPlainMessage(messages[at])) return false
    chars += (messages[at] as { content: string }).content.length
  }
  return chars <= mostSimpleChars
}
