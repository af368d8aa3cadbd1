import { readDescription } from '@llmfb/conformance'

/** Chat Completions as OpenAI describes them, and what llama-server has besides. */
export const description = readDescription('openai.openapi.json', {
  fields: {
    CreateChatCompletionRequest: {
      top_k: { type: 'integer' },
      chat_template_kwargs: { type: 'object' },
      thinking_budget_tokens: { type: 'integer' },
      reasoning_budget_tokens: { type: 'integer' },
      reasoning_format: { type: 'string' },
    },
    ChatCompletionRequestAssistantMessage: { reasoning_content: { type: 'string' } },
  },
  undescribed: ['/chat/completions/input_tokens', '/models/load', '/tokenize', '/apply-template'],
})
