import { readDescription } from '@llmfb/conformance'

/** Source: DIAL's SDK, `aidial_sdk/chat_completion/request.py`. */
const text = { type: 'string' }
const attachment = {
  type: 'object',
  properties: { type: text, title: text, data: text, url: text, reference_type: text, reference_url: text },
}
const customContent = {
  custom_content: { type: 'object', properties: { attachments: { type: 'array', items: attachment }, state: {} } },
}
const customFields = {
  custom_fields: {
    type: 'object',
    properties: { cache_breakpoint: { type: 'object', properties: { ttl: { enum: ['5m', '1h'] } } } },
  },
}

/** Chat Completions as OpenAI describes them, and what DIAL has besides. */
export const description = readDescription('openai.openapi.json', {
  fields: {
    CreateChatCompletionRequest: { max_prompt_tokens: { type: 'integer' }, custom_fields: { type: 'object' } },
    ChatCompletionRequestSystemMessage: customFields,
    ChatCompletionRequestUserMessage: { ...customContent, ...customFields },
    ChatCompletionRequestAssistantMessage: { ...customContent, ...customFields },
    ChatCompletionRequestToolMessage: customFields,
    ChatCompletionTool: customFields,
  },
  undescribed: ['/tokenize'],
})
