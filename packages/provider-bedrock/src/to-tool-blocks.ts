import type { ContentBlock, ToolResultBlock, ToolUseBlock } from '@aws-sdk/client-bedrock-runtime'
import type { ToolCallPart, ToolResultPart, Warn } from '@llmfb/core/provider'
import { createHash } from 'node:crypto'
import { toImageBlock } from './to-media.ts'
import { isObject } from './wire.ts'

/** Most characters of an id of a tool call; `ToolUseId` in the service description. */
const longestId = 64
const keptOfLongId = 40

/** Ids of other services may have characters or a length that this one refuses; the same id always becomes the same id. */
function toToolUseId(id: string): string {
  const word = id.replace(/[^a-zA-Z0-9_-]/g, (character) => `_${character.charCodeAt(0).toString(16)}`)
  if (word.length <= longestId) return word || '_'
  const digest = createHash('sha256').update(id).digest('hex')
  return `${word.slice(0, keptOfLongId)}_${digest.slice(0, longestId - keptOfLongId - 1)}`
}

/** The service takes an object; what another model wrote need not be one. Nothing is a call without arguments. */
function toInput(text: string, path: string, warn: Warn): ToolUseBlock['input'] {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text, keepDigits)
    if (isObject(value)) return value as ToolUseBlock['input']
  } catch {
    // Told below, with other texts that are no object.
  }
  const message = 'The arguments are no JSON object, which Amazon Bedrock wants; they were sent as { "input": text }.'
  warn('changed', message, path)
  return { input: text }
}

/** Integers that JavaScript has no room for go through the SDK as integers of any size, where the platform shows them. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}

export function toToolUseBlock(part: ToolCallPart, path: string, warn: Warn): ContentBlock {
  const input = toInput(part.arguments, `${path}.arguments`, warn)
  return { toolUse: { toolUseId: toToolUseId(part.id), name: part.name, input } }
}

export function toToolResultBlock(part: ToolResultPart, path: string, warn: Warn): ContentBlock {
  const parts = typeof part.content === 'string' ? [{ type: 'text', text: part.content } as const] : part.content
  const content = parts.flatMap((inner, index): NonNullable<ToolResultBlock['content']> => {
    if (inner.type === 'image') return [toImageBlock(inner, `${path}.content[${index}]`, warn)]
    return inner.text.trim() === '' ? [] : [{ text: inner.text }]
  })
  return {
    toolResult: {
      toolUseId: toToolUseId(part.toolCallId),
      content,
      // Not every model takes a status, so that it is said only where it says something.
      ...(part.isError && { status: 'error' }),
    },
  }
}
