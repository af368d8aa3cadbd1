import { type RecordedAnswers, readRecordings, type Recording } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'
import { connect } from './connect.ts'

interface CachedTokens {
  readonly cached_tokens?: number
}

interface ReasoningTokens {
  readonly reasoning_tokens?: number
}

/** As Chat Completions counts, or the Responses API. */
interface AzureUsage {
  readonly prompt_tokens?: number
  readonly input_tokens?: number
  readonly completion_tokens?: number
  readonly output_tokens?: number
  readonly prompt_tokens_details?: CachedTokens
  readonly input_tokens_details?: CachedTokens
  readonly completion_tokens_details?: ReasoningTokens
  readonly output_tokens_details?: ReasoningTokens
}

function usage(read: JsonObject): Usage {
  const wire = read as unknown as AzureUsage
  const input = wire.prompt_tokens ?? wire.input_tokens ?? 0
  const output = wire.completion_tokens ?? wire.output_tokens ?? 0
  const cacheReadTokens = (wire.prompt_tokens_details ?? wire.input_tokens_details)?.cached_tokens ?? 0
  const reasoningTokens = (wire.completion_tokens_details ?? wire.output_tokens_details)?.reasoning_tokens ?? 0
  return {
    // Grok on Azure counts the tokens of its own preamble as cached, and not as prompt.
    uncachedInputTokens: input - (cacheReadTokens > input ? 0 : cacheReadTokens),
    cacheReadTokens,
    cacheWriteTokens: 0,
    outputTextTokens: output - reasoningTokens,
    reasoningTokens,
  }
}

const isResponses = ({ api }: Recording): boolean => api === 'responses'

/** What the service answered, of deployments of OpenAI's models and of others, each under the API it was asked by. */
export const recordings: RecordedAnswers = {
  recordings: readRecordings('azure')?.filter((recording) => recording.api === 'chat' || isResponses(recording)),
  connect: (baseURL, recording) => connect({ baseURL, api: isResponses(recording) ? 'responses' : 'chat-completions' }),
  usage,
  errorKind: ({ status }) => (status === 401 ? 'authentication' : undefined),
}
