import { type ReadAnswer, readRecordings, type Recording, testRecordings } from '@llmfb/conformance'
import type { FailureKind, JsonObject, Usage } from '@llmfb/core/provider'
import type { ChatCompletionsDialect } from '@llmfb/openai-compatible'
import { describe, test } from 'vitest'
import { connect } from './connect.ts'

/**
 * Services whose answers must be readable as they are; a dialect only where something is theirs alone. What is recorded of
 * xAI is its Responses API.
 */
const services: Readonly<Record<string, ChatCompletionsDialect>> = {
  azure: {},
  cerebras: {},
  deepseek: {},
  groq: {},
  huggingface: {},
  mistral: {},
  ollama: {},
  openrouter: { costUsd: ({ cost }) => (typeof cost === 'number' ? cost : undefined) },
  perplexity: {},
  together: {},
  zai: {},
}

/**
 * What was really answered where the SDK misread it: Mistral's reasoning models send content as a list of thinking and
 * text parts, which the SDK hands on as if it were text, or drops.
 */
const misread: Readonly<Record<string, Partial<ReadAnswer>>> = {
  'mistral-chat-2101e33dabb4': {
    text: '5 + 3 equals 8.',
    reasoning: 'The user is asking for the sum of 5 and 3. This is a straightforward arithmetic problem.',
  },
  'mistral-chat-141464545326': {
    reasoning:
      'Okay, the user is asking how to cross the street. I know that crossing the street safely involves a few key ' +
      'steps: first, look both ways to check for oncoming traffic; second, use a crosswalk if one is available; third, ' +
      'obey any traffic signals or signs that may be present; and finally, proceed with caution until you have safely ' +
      'reached the other side. Let me compile this information into a clear and concise response.',
  },
}

function withTrueReading(recording: Recording): Recording {
  const { read } = recording
  return read === undefined ? recording : { ...recording, read: { ...read, ...misread[recording.id] } }
}

interface ServiceUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly cost?: number
  readonly cached_tokens?: number
  readonly num_cached_tokens?: number
  readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number } | null
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null
}

function usage(read: JsonObject, { provider }: Recording): Usage {
  const wire = read as unknown as ServiceUsage
  const { prompt_tokens: prompt, completion_tokens: completion, prompt_tokens_details: details } = wire
  const cacheReadTokens = details?.cached_tokens ?? wire.cached_tokens ?? wire.num_cached_tokens ?? 0
  const cacheWriteTokens = details?.cache_write_tokens ?? 0
  const reasoningTokens = wire.completion_tokens_details?.reasoning_tokens ?? 0
  const cached = cacheReadTokens + cacheWriteTokens
  return {
    // Grok on Azure counts the tokens of its own preamble as cached, and not as prompt.
    uncachedInputTokens: cached > prompt ? prompt : prompt - cached,
    cacheReadTokens,
    cacheWriteTokens,
    outputTextTokens: completion - reasoningTokens,
    reasoningTokens,
    ...(provider === 'openrouter' && wire.cost !== undefined && { costUsd: wire.cost }),
  }
}

const errorKinds: Readonly<Record<string, FailureKind>> = {
  'groq-chat-830bab92815f': 'model-not-found',
  'perplexity-chat-2b3a585112e9': 'context-length',
}

describe('recordings', () => {
  for (const [service, dialect] of Object.entries(services)) {
    const recordings = readRecordings(service)?.filter(({ api }) => api === 'chat')
    testRecordings(test, {
      recordings: recordings?.map(withTrueReading),
      label: `${service} chat`,
      connect: (baseUrl) => connect({ id: service, baseURL: baseUrl, dialect }),
      usage,
      errorKind: ({ id, status }) => errorKinds[id] ?? (status === 401 ? 'authentication' : undefined),
    })
  }

  for (const service of ['azure', 'xai']) {
    testRecordings(test, {
      recordings: readRecordings(service)?.filter(({ api }) => api === 'responses'),
      label: `${service} responses`,
      connect: (baseUrl) => connect({ id: service, baseURL: baseUrl, api: () => 'responses' }),
      usage: (read, recording) => usage(inChatWords(read), recording),
    })
  }
})

function inChatWords(read: JsonObject): JsonObject {
  const names = { prompt_tokens: 'input_tokens', completion_tokens: 'output_tokens' }
  return Object.fromEntries(
    Object.entries(names).flatMap(([chat, own]) => [
      [chat, read[own] ?? 0],
      [`${chat}_details`, read[`${own}_details`] ?? null],
    ]),
  )
}
