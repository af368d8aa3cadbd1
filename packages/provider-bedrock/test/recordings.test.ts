import { readRecordings, testRecordings, type Recording } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'
import { test } from 'vitest'
import { connect } from './connect.ts'

testRecordings(test, {
  label: 'bedrock',
  recordings: readRecordings('bedrock'),
  connect: (baseUrl) => connect(baseUrl),
  usage: toExpectedUsage,
  errorKind: (_recording: Recording) => 'invalid-request',
})

function toExpectedUsage(usage: JsonObject): Usage {
  const count = (field: string): number => Number(usage[field] ?? 0)
  return {
    uncachedInputTokens: count('inputTokens'),
    cacheReadTokens: count('cacheReadInputTokens'),
    cacheWriteTokens: count('cacheWriteInputTokens'),
    outputTextTokens: count('outputTokens'),
    reasoningTokens: 0,
  }
}
