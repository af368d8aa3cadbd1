import { testDeafFetch } from '@llmfb/conformance'
import { test } from 'vitest'
import { google } from '../src/index.ts'

testDeafFetch(test, { create: (options) => google(options), model: 'gemini-2.5-flash' })
