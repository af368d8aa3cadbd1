import type { ConverseEvent } from './stream-event.ts'
import { isObject } from './wire.ts'

type Fields = Readonly<Record<string, unknown>>

/** Whether a value is text, or not there. */
function isText(value: unknown, required = false): boolean {
  return typeof value === 'string' || (!required && value === undefined)
}

/** Whether a call of a tool has what it cannot be without. */
export function isToolUse(value: unknown): boolean {
  return isObject(value) && isText(value.toolUseId, true) && isText(value.name, true)
}

/** Whether reasoning, of an answer or of one event, is text where it is any. */
export function isReasoning(value: unknown): boolean {
  if (!isObject(value)) return false
  const { reasoningText = value } = value
  return isObject(reasoningText) && isText(reasoningText.text) && isText(reasoningText.signature)
}

/** Whether an event of the stream has what its type promises. */
export function hasItsFields(event: {
  readonly type: string
  readonly data: Fields | undefined
}): event is ConverseEvent & { readonly data: Fields } {
  const { type, data } = event
  if (data === undefined) return false
  switch (type) {
    case 'contentBlockStart': {
      const { start = {} } = data
      return isIndexed(data) && isObject(start) && (start.toolUse === undefined || isToolUse(start.toolUse))
    }
    case 'contentBlockDelta':
      return isIndexed(data) && isObject(data.delta) && isDelta(data.delta)
    case 'contentBlockStop':
      return isIndexed(data)
    case 'messageStop':
      return isText(data.stopReason, true)
    default:
      return true
  }
}

function isDelta({ text, toolUse, reasoningContent, image }: Fields): boolean {
  if (!isText(text)) return false
  if (toolUse !== undefined && !(isObject(toolUse) && isText(toolUse.input))) return false
  if (image !== undefined && !isObject(image)) return false
  if (reasoningContent === undefined) return true
  return isReasoning(reasoningContent) && isText((reasoningContent as Fields).redactedContent)
}

function isIndexed(data: Fields): boolean {
  return typeof data.contentBlockIndex === 'number'
}
