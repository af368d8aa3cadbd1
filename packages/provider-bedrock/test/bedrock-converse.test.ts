import type { SpokenAnswer } from '@llmfb/conformance'
import { expect, test } from 'vitest'
import { bedrockConverse } from './bedrock-converse.ts'
import { description } from './description.ts'
import { embeddingModel, model } from './subject.ts'

const answers: readonly SpokenAnswer[] = [
  {
    model,
    finish: 'length',
    usage: { uncachedInputTokens: 7, cacheReadTokens: 3, cacheWriteTokens: 1, outputTextTokens: 5, reasoningTokens: 0 },
    parts: [{ type: 'text', pieces: ['Hel', 'lo'] }],
  },
  {
    model,
    finish: 'tool-calls',
    usage: { uncachedInputTokens: 7, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 5, reasoningTokens: 0 },
    parts: [
      { type: 'reasoning', pieces: ['Let me ', 'see'], signature: 'c2lnbmVk' },
      { type: 'tool-call', id: 'call_1', name: 'a', pieces: ['{"x"', ':1}'] },
    ],
  },
]

test.skipIf(description === undefined).each(answers)('what ends by $finish is as AWS describes it', (spoken) => {
  const { body } = bedrockConverse({ model, embeddingModel }).answer(spoken)
  expect(description?.problemsIn('ConverseResponse', JSON.parse(body as string))).toEqual([])
})
