import { expect, it } from 'vitest'
import * as surface from './index.ts'

it('exports these values', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'createOpenAICompatibleProvider',
    'createServiceCalls',
    'readBaseUrl',
    'readVectors',
    'toChatCompletionsRequest',
    'toMedia',
    'toResponsesRequest',
  ])
})
