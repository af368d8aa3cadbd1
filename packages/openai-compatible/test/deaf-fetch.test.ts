import { testDeafFetch } from '@llmfb/conformance'
import { createOpenAICompatibleProvider } from '@llmfb/openai-compatible'
import { test } from 'vitest'
import { everything } from './connect.ts'

testDeafFetch(test, {
  create: (options, context) => createOpenAICompatibleProvider({ ...options, context, capabilities: () => everything }),
  model: 'm',
})
