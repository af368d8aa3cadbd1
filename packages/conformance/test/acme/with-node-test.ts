// The same suite with Node's own runner: `node --test`.
import { chatCompletions, testProvider } from '@llmfb/conformance'
import { test } from 'node:test'
import { acme } from './acme.ts'

testProvider(test, {
  create: (options) => acme(options),
  server: chatCompletions({ reasoningField: 'reasoning_content' }),
  models: ['acme-large', 'acme-mini-2'],
  report: import.meta.dirname,
})
