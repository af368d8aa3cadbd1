import { testProvider } from '@llmfb/conformance'
import { join } from 'node:path'
import { test } from 'vitest'
import { staticAnswers } from '../src/index.ts'

testProvider(test, {
  create: () => staticAnswers({ answers: { apology: 'We are sorry.' } }),
  models: ['apology'],
  report: join(import.meta.dirname, '..'),
})
