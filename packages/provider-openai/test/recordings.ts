import { type RecordedAnswers, readRecordings, type Recording } from '@llmfb/conformance'
import type { FailureKind, JsonObject, Usage } from '@llmfb/core/provider'
import { connect } from './connect.ts'

interface ResponsesUsage {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly input_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number }
  readonly output_tokens_details?: { readonly reasoning_tokens?: number }
}

interface OpenAIUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number }
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number }
}

function usage(read: JsonObject): Usage {
  const wire = read as unknown as OpenAIUsage
  const cacheReadTokens = wire.prompt_tokens_details?.cached_tokens ?? 0
  const cacheWriteTokens = wire.prompt_tokens_details?.cache_write_tokens ?? 0
  const reasoningTokens = wire.completion_tokens_details?.reasoning_tokens ?? 0
  return {
    uncachedInputTokens: wire.prompt_tokens - cacheReadTokens - cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTextTokens: wire.completion_tokens - reasoningTokens,
    reasoningTokens,
  }
}

function errorKind({ status, resBody = '' }: Recording): FailureKind | undefined {
  if (resBody.includes('"model_not_found"')) return 'model-not-found'
  return status === 400 ? 'invalid-request' : undefined
}

function responsesUsage(read: JsonObject): Usage {
  const wire = read as unknown as ResponsesUsage
  const cacheReadTokens = wire.input_tokens_details?.cached_tokens ?? 0
  const cacheWriteTokens = wire.input_tokens_details?.cache_write_tokens ?? 0
  const reasoningTokens = wire.output_tokens_details?.reasoning_tokens ?? 0
  return {
    uncachedInputTokens: wire.input_tokens - cacheReadTokens - cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTextTokens: wire.output_tokens - reasoningTokens,
    reasoningTokens,
  }
}

const isResponses = ({ api }: Recording): boolean => api === 'responses'

/** What the service answered, each under the API it was asked by. */
export const recordings: RecordedAnswers = {
  recordings: readRecordings('openai')?.filter(({ api }) => api === 'chat' || api === 'responses'),
  connect: (baseURL, recording) => connect({ baseURL, api: isResponses(recording) ? 'responses' : 'chat-completions' }),
  usage: (read, recording) => (isResponses(recording) ? responsesUsage(read) : usage(read)),
  errorKind: (recording) => (recording.status === 401 ? 'authentication' : errorKind(recording)),
}
