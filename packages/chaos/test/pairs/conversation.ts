import type { Message, Tool, ToolCallPart } from '@llmfb/core'

export const system = 'You tell the weather and the time.'
export const question = 'How is it in the city of this picture?'

/** The smallest PNG there is, in base64. */
export const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII='

export const toolNames = ['get_weather', 'get_time'] as const

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const

export const tools: readonly Tool[] = [
  { name: toolNames[0], description: 'The weather of a city.', parameters },
  { name: toolNames[1], description: 'The time of a city.', parameters, cacheBreakpoint: { ttl: '5m' } },
]

const results = ['21 degrees and sun', 'It is noon'] as const

/** What the tools answer to both calls; with these, more cache breakpoints are set than any service takes. */
export function resultsOf(calls: readonly ToolCallPart[]): Message {
  return {
    role: 'tool',
    content: calls.map(({ id, name }, index) => ({
      type: 'tool-result',
      toolCallId: id,
      toolName: name,
      content: [{ type: 'text', text: results[index] ?? '' }],
      cacheBreakpoint: {},
    })),
  }
}
