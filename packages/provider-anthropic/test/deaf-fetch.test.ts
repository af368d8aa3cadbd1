import { testDeafFetch } from '@llmfb/conformance'
import { test } from 'vitest'
import { anthropic } from '../src/index.ts'

testDeafFetch(test, { create: (options) => anthropic(options), model: 'claude-sonnet-4-6' })
