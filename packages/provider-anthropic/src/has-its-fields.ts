import { isObject } from './wire.ts'

/** What each type of block and delta cannot be without, all of it text. */
const texts: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['text', ['text']],
  ['thinking', ['thinking']],
  ['redacted_thinking', ['data']],
  ['tool_use', ['id', 'name']],
  ['text_delta', ['text']],
  ['thinking_delta', ['thinking']],
  ['signature_delta', ['signature']],
  ['input_json_delta', ['partial_json']],
])

/** Whether a block or a delta has the text that its type promises; those that nobody knows promise none. */
export function hasItsTexts(value: unknown): boolean {
  if (!isObject(value)) return false
  for (const name of texts.get(value.type) ?? []) if (typeof value[name] !== 'string') return false
  return true
}

/** Whether an event of the stream has what its type promises. */
export function hasItsFields(event: Readonly<Record<string, unknown>>): boolean {
  switch (event.type) {
    case 'message_start':
      return isObject(event.message)
    case 'content_block_start':
      // A block may start without the text that its deltas bring.
      return isObject(event.content_block) && isIndexed(event, { text: '', thinking: '', ...event.content_block })
    case 'content_block_delta':
      return isIndexed(event, event.delta)
    case 'content_block_stop':
      return typeof event.index === 'number'
    case 'message_delta':
      return isObject(event.delta)
    default:
      return true
  }
}

function isIndexed(event: Readonly<Record<string, unknown>>, content: unknown): boolean {
  return typeof event.index === 'number' && hasItsTexts(content)
}
