import { readDescription } from '@llmfb/conformance'

const cacheControl = { cache_control: { type: 'object', properties: { type: {}, ttl: {} } } }

const textPart = { $ref: 'ChatCompletionRequestMessageContentPartText' }
const imagePart = { $ref: 'ChatCompletionRequestMessageContentPartImage' }

/** Chat Completions as OpenAI describes them, and what OpenRouter has besides. */
export const description = readDescription('openai.openapi.json', {
  fields: {
    CreateChatCompletionRequest: {
      top_k: { type: 'integer' },
      models: { type: 'array', items: { type: 'string' } },
      provider: { type: 'object' },
      reasoning: {
        type: 'object',
        properties: {
          effort: { enum: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] },
          max_tokens: { type: 'integer' },
          exclude: { type: 'boolean' },
          enabled: { type: 'boolean' },
        },
      },
    },
    ChatCompletionRequestAssistantMessage: {
      reasoning: { type: 'string' },
      reasoning_details: { type: 'array', items: { type: 'object' } },
    },
    // Pictures among results, as OpenRouter's own provider for the AI SDK sends them.
    ChatCompletionRequestToolMessage: {
      content: { anyOf: [{ type: 'string' }, { type: 'array', items: { anyOf: [textPart, imagePart] } }] },
    },
    ChatCompletionRequestMessageContentPartText: cacheControl,
    ChatCompletionTool: cacheControl,
  },
})
