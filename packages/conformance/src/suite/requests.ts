import type { ChatRequest, ParameterName, ParameterRange, Parameters, Tool } from '@llmfb/core/provider'
import type { Bench } from './bench.ts'

export const weatherTool: Tool = {
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string', description: 'Such as Kyiv' }, days: { type: 'integer' } },
    required: ['city'],
    additionalProperties: false,
  },
}

export const timeTool: Tool = { name: 'get_time', parameters: { type: 'object', properties: {} } }

export const schema = {
  type: 'object',
  properties: { answer: { type: 'string' } },
  required: ['answer'],
  additionalProperties: false,
} as const

/** A picture of one pixel, and a page of nothing. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
export const emptyPdf: string = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64')

/** What can be set, in an order that reports keep. */
export const parameterNames: readonly Exclude<ParameterName, 'reasoning'>[] = [
  'temperature',
  'topP',
  'topK',
  'maxTokens',
  'stop',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'parallelToolCalls',
  'user',
  'metadata',
]

/** Values that a range allows, or, without one, that any service would allow that had the parameter. */
export function valuesOf(name: (typeof parameterNames)[number], range: ParameterRange | undefined): unknown[] {
  switch (name) {
    case 'stop': {
      const most = range?.type === 'strings' ? (range.maxItems ?? 4) : 1
      return most > 1 ? [['END'], ['END', '\n\n']] : [['END']]
    }
    case 'user':
      return ['user-1234']
    case 'metadata':
      return [{ team: 'blue', project: 'sky' }]
    case 'parallelToolCalls':
      return [true, false]
    case 'maxTokens':
      return [1234]
    case 'topK':
      return [17]
    case 'seed':
      return [7]
    default: {
      const { min = 0, max = 1 } = range?.type === 'number' || range?.type === 'integer' ? range : {}
      return [min, min + (max - min) / 4, max]
    }
  }
}

/** A request with whatever the model takes. */
export function everythingIn({ capabilities, ask }: Bench): ChatRequest {
  const parameters: Record<string, unknown> = {}
  for (const name of parameterNames) {
    const range = capabilities.parameters[name]
    if (range) parameters[name] = valuesOf(name, range)[0]
  }
  return ask({
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          ...(capabilities.input.includes('image')
            ? [{ type: 'image', image: { data: pixel, mediaType: 'image/png' } } as const]
            : []),
        ],
      },
    ],
    ...(capabilities.tools && { tools: [weatherTool], toolChoice: 'auto' }),
    ...(capabilities.responseFormats.includes('json-schema') && { responseFormat: { type: 'json-schema', schema } }),
    ...(parameters as Parameters),
  })
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const inner of Object.values(value)) deepFreeze(inner)
    Object.freeze(value)
  }
  return value
}
