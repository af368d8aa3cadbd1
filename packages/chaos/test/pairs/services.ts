import {
  anthropicMessages,
  chatCompletions,
  ollamaChat,
  responses,
  type SpokenStream,
  type WireAnswer,
  type WireDialect,
} from '@llmfb/conformance'
import type { Parameters, ProviderPlugin } from '@llmfb/core'
import { anthropic } from '@llmfb/provider-anthropic'
import { azureOpenAI } from '@llmfb/provider-azure-openai'
import { bedrock } from '@llmfb/provider-bedrock'
import { dial } from '@llmfb/provider-dial'
import { google } from '@llmfb/provider-google'
import { llamacpp } from '@llmfb/provider-llamacpp'
import { ollama } from '@llmfb/provider-ollama'
import { openai } from '@llmfb/provider-openai'
import { openrouter } from '@llmfb/provider-openrouter'
import { xai } from '@llmfb/provider-xai'
import {
  converseAnswer,
  converseStream,
  converseUnavailable,
  geminiAnswer,
  geminiStream,
  geminiUnavailable,
} from './answers.ts'
import {
  anthropicProblems,
  chatCompletionsProblems,
  converseProblems,
  type FindProblems,
  geminiProblems,
  ollamaProblems,
  responsesProblems,
} from './problems.ts'
import { detailedAnswer, detailedStream } from './reasoning-details.ts'
import { type Said, toSpoken } from './said.ts'

/** A service of these conversations, and the provider in front of it. */
export interface Service {
  /** Id of the provider. */
  readonly id: string
  readonly model: string
  /** Set on its target, in place of what the request says. */
  readonly parameters?: Pick<Parameters, 'reasoning'>
  readonly connect: (options: Options) => ProviderPlugin
  /** Behind the server's address. */
  readonly basePath?: string
  /** Ids of two parallel calls, in the form that the service gives them. */
  readonly callIds: readonly [string, string]
  /** Whether its reasoning is signed, and goes back to it. */
  readonly signs?: true
  /** Whether it goes on with an answer that another began. */
  readonly goesOn?: true
  readonly answer: (said: Said) => WireAnswer
  readonly stream: (said: Said) => SpokenStream
  readonly unavailable: WireAnswer
  readonly findProblems: FindProblems
}

interface Options {
  readonly id: string
  readonly apiKey: string
  readonly baseURL: string
}

type Words = Pick<Service, 'answer' | 'stream' | 'unavailable'>

function words(dialect: WireDialect): Words {
  const [overloaded] = dialect.failures.overloaded
  if (typeof overloaded !== 'object') throw new Error(`${dialect.name} has no overload`)
  const { headers, body } = overloaded
  return {
    answer: (said) => dialect.answer(toSpoken(said)),
    stream: (said) => dialect.stream(toSpoken(said)),
    unavailable: { status: 503, ...(headers && { headers }), body: body('Try again later.') },
  }
}

const plain = words(chatCompletions())
const thinking = words(chatCompletions({ reasoningField: 'reasoning_content' }))
const items = words(responses())
const detailed: Words = { ...plain, answer: detailedAnswer, stream: detailedStream }
const converse: Words = { answer: converseAnswer, stream: converseStream, unavailable: converseUnavailable() }
const gemini: Words = { answer: geminiAnswer, stream: geminiStream, unavailable: geminiUnavailable() }
const budget = { reasoning: { budgetTokens: 2048 } }

/** Ids of calls: as recorded, or as their users report them, the strangest first. */
export const services: readonly Service[] = [
  {
    id: 'openai',
    model: 'gpt-5.1',
    connect: (options) => openai({ ...options, api: 'chat-completions' }),
    basePath: '/v1',
    callIds: ['call_V3jHhOGJ5dUxqvMsp3DKRcCd', 'call_h6rVlmIZrHMYAVVjMzOoTxIY'],
    ...plain,
    findProblems: chatCompletionsProblems({ longestId: 40 }),
  },
  {
    id: 'openai-responses',
    model: 'gpt-5.6',
    connect: (options) => openai({ ...options, api: 'responses' }),
    basePath: '/v1',
    callIds: ['call_uZpKn1Yk0bYkFv3fGJ5dUxqv', 'call_Ao7wXcSKsBxOWbMDb4V0lGWn'],
    signs: true,
    ...items,
    findProblems: responsesProblems('/v1/responses'),
  },
  {
    id: 'anthropic',
    model: 'claude-opus-4-8',
    connect: anthropic,
    callIds: ['toolu_01T1x1fJ34qAmk2tNTrN7Up6', 'toolu_01A09q90qw90lq917835lq9'],
    signs: true,
    ...words(anthropicMessages()),
    findProblems: anthropicProblems,
  },
  {
    id: 'anthropic-by-budget',
    model: 'claude-haiku-4-5',
    parameters: budget,
    connect: anthropic,
    goesOn: true,
    callIds: ['toolu_01LUBJSEQQPW8XGbGHVrYdAX', 'toolu_01XWgPGKJsDDZuZHq7sbWmZ4'],
    signs: true,
    ...words(anthropicMessages()),
    findProblems: anthropicProblems,
  },
  {
    id: 'bedrock',
    model: 'anthropic.claude-sonnet-4-6',
    connect: (options) => bedrock({ ...options, region: 'us-east-1' }),
    callIds: ['tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', 'tooluse_o_9Yv2-HQ0qEqPXqVZb0Aw'],
    signs: true,
    ...converse,
    findProblems: converseProblems('anthropic.claude-sonnet-4-6'),
  },
  {
    id: 'bedrock-by-budget',
    model: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    parameters: budget,
    goesOn: true,
    connect: (options) => bedrock({ ...options, region: 'us-east-1' }),
    callIds: ['toolu_bdrk_01SnXQc6YVWD8Dom5jz7KhHy', 'toolu_bdrk_01PjHtZMmiMVzpZjX4UPRgLF'],
    signs: true,
    ...converse,
    findProblems: converseProblems('us.anthropic.claude-haiku-4-5-20251001-v1:0'),
  },
  {
    id: 'google',
    model: 'gemini-3.1-pro-preview',
    connect: google,
    callIds: ['0xbhzpid', 'q4k82mzt'],
    signs: true,
    ...gemini,
    findProblems: geminiProblems('gemini-3.1-pro-preview'),
  },
  {
    id: 'google-before',
    model: 'gemini-2.5-flash',
    connect: google,
    callIds: ['function-call-7136282735927358270', 'function-call-7136282735927356477'],
    signs: true,
    ...gemini,
    findProblems: geminiProblems('gemini-2.5-flash'),
  },
  {
    id: 'ollama',
    model: 'qwen3-vl',
    connect: ollama,
    // It gives none; these are the provider's.
    callIds: ['', ''],
    ...words(ollamaChat()),
    findProblems: ollamaProblems,
  },
  {
    id: 'azure-openai',
    model: 'gpt-5.1',
    connect: azureOpenAI,
    callIds: ['call_GSYnnIwOTqnbI5pFkXqXb2Wd', 'call_fYAMJbKDVHCCFRUlkXgPzc8h'],
    ...plain,
    findProblems: chatCompletionsProblems({ path: '/openai/v1/chat/completions', longestId: 40 }),
  },
  {
    id: 'azure-openai-deployments',
    model: 'gpt-5.1',
    connect: (options) => azureOpenAI({ ...options, api: 'deployments' }),
    callIds: ['call_57329393Xb2WdGSYnnIwOTqn', 'call_XkZ0aTqnbI5pFkXqXb2Wd81'],
    ...plain,
    findProblems: chatCompletionsProblems({
      path: '/openai/deployments/gpt-5.1/chat/completions?api-version=2024-10-21',
      longestId: 40,
    }),
  },
  {
    id: 'azure-openai-responses',
    model: 'gpt-5.4',
    connect: azureOpenAI,
    callIds: ['call_TRB1jnZxAdUJcnUg2vJEBejG', 'call_ohGb5JcnUg2vJEBejGTRB1jn'],
    signs: true,
    ...items,
    findProblems: responsesProblems('/openai/v1/responses'),
  },
  {
    id: 'xai',
    model: 'grok-4.3',
    connect: (options) => xai({ ...options, api: 'chat-completions' }),
    basePath: '/v1',
    callIds: ['call_0f9e2c57-6c3d-4f0e-9a52-6f3c2a7d1b48', 'call_3b1d8a60-52ce-4bd7-8a1f-0c9d7e5f2a36'],
    ...thinking,
    findProblems: chatCompletionsProblems({}),
  },
  {
    id: 'xai-responses',
    model: 'grok-4.3',
    connect: xai,
    basePath: '/v1',
    callIds: ['call-cf08a1a3-d6a7-4fed-b17d-bf4860ffe04c-0', 'call-cf08a1a3-d6a7-4fed-b17d-bf4860ffe04c-1'],
    signs: true,
    ...items,
    findProblems: responsesProblems('/v1/responses'),
  },
  {
    id: 'openrouter',
    model: 'anthropic/claude-sonnet-4.6',
    connect: openrouter,
    basePath: '/api/v1',
    callIds: ['functions.get_weather:0', 'functions.get_time:1'],
    signs: true,
    ...detailed,
    findProblems: chatCompletionsProblems({
      fields: ['cache_control', 'reasoning', 'reasoning_details'],
      path: '/api/v1/chat/completions',
      longestId: 40,
    }),
  },
  {
    id: 'dial',
    model: 'gpt-5',
    connect: dial,
    callIds: [`call_${'a1B2c3D4e5'.repeat(8)}`, `call_${'f6G7h8I9j0'.repeat(8)}`],
    ...plain,
    findProblems: chatCompletionsProblems({ path: '/openai/deployments/gpt-5/chat/completions', longestId: 40 }),
  },
  {
    id: 'llamacpp',
    model: 'gemma-3-4b-it',
    connect: llamacpp,
    callIds: ['YUPuJyvyqVgdlVkMHZ4Ep0cJ9fnfDXOl', 'Y9vHpAeyUoLsCCZpcXkqjKbnMfbXHfVe'],
    ...thinking,
    findProblems: chatCompletionsProblems({ fields: ['reasoning_content', 'chat_template_kwargs'] }),
  },
]
