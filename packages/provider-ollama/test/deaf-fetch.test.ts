import { testDeafFetch } from '@llmfb/conformance'
import { test } from 'vitest'
import { ollama } from '../src/index.ts'

testDeafFetch(test, { create: (options) => ollama(options), model: 'llama3.2' })
