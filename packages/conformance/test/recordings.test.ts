import type { Usage } from '@llmfb/core/provider'
import { test } from 'vitest'
import { readRecordings, testRecordings } from '../src/index.ts'
import { type Counts, createReferenceProvider, toUsage } from './reference-provider.ts'

/** The suite against a provider that is nothing but plain, over everything of its dialect that was recorded. */
for (const label of ['openai', 'azure']) {
  testRecordings(test, {
    label,
    recordings: readRecordings(label)?.filter(({ api }) => api === 'chat'),
    connect: (baseUrl) => createReferenceProvider(baseUrl),
    usage: (read): Usage => toUsage(read as unknown as Counts),
  })
}
