import { type Capabilities, type Clock, type Provider } from '@llmfb/core/provider'
import { createOpenAICompatibleProvider, type OpenAICompatibleOptions } from '@llmfb/openai-compatible'

/** A model that takes whatever there is. */
export const everything: Capabilities = {
  input: ['image', 'file'],
  tools: true,
  responseFormats: ['json', 'json-schema'],
  streaming: true,
  reasoning: true,
  promptCache: false,
  assistantPrefill: false,
  parameters: {
    temperature: { type: 'number', min: 0, max: 2 },
    topP: { type: 'number', min: 0, max: 1 },
    topK: { type: 'integer', min: 1 },
    maxTokens: { type: 'integer', min: 1 },
    stop: { type: 'strings' },
    seed: { type: 'integer' },
    presencePenalty: { type: 'number', min: -2, max: 2 },
    frequencyPenalty: { type: 'number', min: -2, max: 2 },
    reasoning: { type: 'reasoning', efforts: ['low', 'medium', 'high'] },
    parallelToolCalls: { type: 'boolean' },
    user: { type: 'string' },
    metadata: { type: 'labels' },
  },
}

/** Real timers, since sockets are real, at a fixed time of day. */
export const clock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.UTC(2026, 10, 21),
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return { cancel: () => clearTimeout(timer) }
  },
}

export const testKey = 'test-key-0123456789'

export function connect(options: Partial<OpenAICompatibleOptions> = {}): Provider {
  return createOpenAICompatibleProvider({
    context: { id: 'compatible', clock },
    apiKey: testKey,
    baseURL: 'http://127.0.0.1:1/v1',
    capabilities: () => everything,
    ...options,
  })
}
