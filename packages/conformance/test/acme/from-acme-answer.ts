import type { AssistantPart, ChatResponse, FinishReason, Usage } from '@llmfb/core/provider'

type Fields = Readonly<Record<string, unknown>>

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

const reasons: Readonly<Record<string, FinishReason['unified']>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  content_filter: 'content-filter',
}

export function toFinishReason(raw: string): FinishReason {
  return { unified: Object.hasOwn(reasons, raw) ? (reasons[raw] ?? 'other') : 'other', raw }
}

export function toUsage(value: unknown): { usage?: Usage } {
  const wire = fieldsOf(value)
  const count = (number: unknown): number => (typeof number === 'number' ? number : 0)
  if (typeof wire['prompt_tokens'] !== 'number') return {}
  const prompt = fieldsOf(wire['prompt_tokens_details'])
  const reasoningTokens = count(fieldsOf(wire['completion_tokens_details'])['reasoning_tokens'])
  const cacheReadTokens = count(prompt['cached_tokens'])
  const cacheWriteTokens = count(prompt['cache_write_tokens'])
  return {
    usage: {
      uncachedInputTokens: Math.max(0, wire['prompt_tokens'] - cacheReadTokens - cacheWriteTokens),
      cacheReadTokens,
      cacheWriteTokens,
      outputTextTokens: Math.max(0, count(wire['completion_tokens']) - reasoningTokens),
      reasoningTokens,
    },
  }
}

/** The parts of a whole message; undefined where it is none. */
export function toContent(message: Fields): AssistantPart[] | undefined {
  const reasoning = textOf(message['reasoning_content'])
  const text = textOf(message['content'])
  const calls = listOf(message['tool_calls']).map((call): AssistantPart => {
    const { name, arguments: args } = fieldsOf(call['function'])
    return { type: 'tool-call', id: textOf(call['id']), name: textOf(name), arguments: textOf(args) }
  })
  if (calls.some((call) => call.type === 'tool-call' && call.name === '')) return undefined
  return [
    ...(reasoning === '' ? [] : [{ type: 'reasoning', text: reasoning } as const]),
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ...calls,
  ]
}

/** What an answer says of itself besides its content. */
export type Envelope = Omit<ChatResponse, 'text' | 'content'>
