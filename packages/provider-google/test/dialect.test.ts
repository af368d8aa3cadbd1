import type { SpokenAnswer } from '@llmfb/conformance'
import { describe, expect, test } from 'vitest'
import { description } from './description.ts'
import { geminiDialect } from './dialect.ts'

const usage = {
  uncachedInputTokens: 7,
  cacheReadTokens: 3,
  cacheWriteTokens: 0,
  outputTextTokens: 5,
  reasoningTokens: 2,
}
const answers: readonly SpokenAnswer[] = [
  { model: 'm', finish: 'length', parts: [{ type: 'text', pieces: ['Hel', 'lo'] }] },
  {
    model: 'm',
    finish: 'tool-calls',
    usage,
    parts: [
      { type: 'reasoning', pieces: ['Let me ', 'see'], signature: 'c2lnbmVk' },
      { type: 'tool-call', id: 'call_1', name: 'a', pieces: ['{"x"', ':1}'] },
    ],
  },
]

describe.skipIf(description === undefined).each(answers)('what ends by $finish is as Google describes it', (spoken) => {
  const words = geminiDialect()
  const problemsIn = (json: string): unknown => description?.problemsIn('GenerateContentResponse', JSON.parse(json))
  test('whole', () => {
    expect(problemsIn(words.answer(spoken).body as string)).toEqual([])
  })
  test('streamed', () => {
    for (const event of words.stream(spoken).events) {
      expect(problemsIn((event as string).replace(/^data: /, ''))).toEqual([])
    }
  })
})
