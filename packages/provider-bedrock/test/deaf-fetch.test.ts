import { testDeafFetch } from '@llmfb/conformance'
import { test } from 'vitest'
import { subject } from './subject.ts'

testDeafFetch(test, { create: subject, model: 'amazon.nova-lite-v1:0' })
