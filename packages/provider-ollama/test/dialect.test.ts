import { ollamaChat, readDescription, type SpokenAnswer } from '@llmfb/conformance'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const description = readDescription('ollama.openapi.yaml', { parse })
const usage = {
  uncachedInputTokens: 7,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: 5,
  reasoningTokens: 0,
}
const answers: readonly SpokenAnswer[] = [
  { model: 'm', finish: 'length', usage, parts: [{ type: 'text', pieces: ['Hel', 'lo'] }] },
  {
    model: 'm',
    finish: 'tool-calls',
    usage,
    parts: [
      { type: 'reasoning', pieces: ['Let me ', 'see'] },
      { type: 'tool-call', id: 'call_1', name: 'a', pieces: ['{"x"', ':1}'] },
    ],
  },
]

describe.skipIf(description === undefined).each(answers)('what ends by $finish is as Ollama describes it', (spoken) => {
  const words = ollamaChat()
  test('whole', () => {
    expect(description?.problemsIn('ChatResponse', JSON.parse(words.answer(spoken).body as string))).toEqual([])
  })
  test('streamed', () => {
    const events = words.stream(spoken).events.map((event) => JSON.parse(event as string) as unknown)
    const last = events.pop()
    for (const event of events) expect(description?.problemsIn('ChatStreamEvent', event)).toEqual([])
    expect(description?.problemsIn('ChatResponse', last)).toEqual([])
  })
})
