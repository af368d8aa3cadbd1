import type { ChatRequest } from '../provider/request.ts'

/** A prompt of no more characters than this fits any model; nobody need estimate its tokens. */
const mostSimpleChars = 2000

/** Whether it is a request, and nothing but a few messages of text, as many are; nothing else need be looked at then. */
export function isSimpleRequest(value: unknown): value is ChatRequest {
  if (typeof value !== 'object' || value === null) return false
  const { model, messages } = value as { readonly model?: unknown; readonly messages?: unknown }
  if (typeof model !== 'string' || model === '' || !Array.isArray(messages) || messages.length === 0) return false
  for (const field in value) if (field !== 'model' && field !== 'messages') return false
  let chars = 0
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at] as { readonly role?: unknown; readonly content?: unknown } | null | undefined
    if (typeof message !== 'object' || message === null) return false
    const { role, content } = message
    if (typeof content !== 'string' || (role !== 'user' && role !== 'assistant' && role !== 'system')) return false
    for (const field in message) if (field !== 'role' && field !== 'content') return false
    chars += content.length
  }
  return chars <= mostSimpleChars
}
