import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime'
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

/** Whether an event of the stream has what its type promises; those that nobody knows promise nothing. */
export function hasItsFields(event: ConverseStreamOutput): boolean {
  const { contentBlockStart, contentBlockDelta, contentBlockStop, messageStop } = event as unknown as Fields
  if (contentBlockStart !== undefined) {
    if (!isIndexed(contentBlockStart)) return false
    const { start = {} } = contentBlockStart
    return isObject(start) && (start.toolUse === undefined || isToolUse(start.toolUse))
  }
  if (contentBlockDelta !== undefined) {
    if (!isIndexed(contentBlockDelta) || !isObject(contentBlockDelta.delta)) return false
    const { text, toolUse, reasoningContent } = contentBlockDelta.delta
    if (!isText(text)) return false
    if (toolUse !== undefined && !(isObject(toolUse) && isText(toolUse.input))) return false
    return reasoningContent === undefined || isReasoning(reasoningContent)
  }
  if (contentBlockStop !== undefined) return isIndexed(contentBlockStop)
  if (messageStop !== undefined) return isObject(messageStop) && isText(messageStop.stopReason, true)
  return true
}

function isIndexed(value: unknown): value is Fields {
  return isObject(value) && typeof value.contentBlockIndex === 'number'
}
