import type { Manifest } from '@llmfb/core/provider'

/** What OpenRouter is, as data. Sources: its documentation, and recorded answers. */
export const manifest: Manifest = {
  id: 'openrouter',
  name: 'OpenRouter',
  tier: 'production',
  credentials: [
    {
      variable: 'OPENROUTER_API_KEY',
      option: 'apiKey',
      required: true,
      description: 'API key of an OpenRouter account',
      url: 'https://openrouter.ai/settings/keys',
    },
    {
      variable: 'OPENROUTER_BASE_URL',
      option: 'baseURL',
      required: false,
      description: 'Address of OpenRouter or of a proxy for it, https://openrouter.ai/api/v1 unless set',
    },
  ],
  capabilities: {
    input: ['image', 'file'],
    tools: true,
    responseFormats: ['json', 'json-schema'],
    streaming: true,
    reasoning: true,
    promptCache: false,
    // The narrowest of the services behind it that say what they take.
    toolCallIds: { characters: 'word', maxLength: 40 },
    assistantPrefill: false,
    parameters: {
      temperature: { type: 'number', min: 0, max: 2 },
      topP: { type: 'number', min: 0, max: 1 },
      topK: { type: 'integer', min: 0 },
      maxTokens: { type: 'integer', min: 1 },
      stop: { type: 'strings', maxItems: 4 },
      seed: { type: 'integer' },
      presencePenalty: { type: 'number', min: -2, max: 2 },
      frequencyPenalty: { type: 'number', min: -2, max: 2 },
      reasoning: {
        type: 'reasoning',
        efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
        budgetTokens: { min: 1 },
      },
      parallelToolCalls: { type: 'boolean' },
      user: { type: 'string' },
    },
  },
  models: [
    { match: 'anthropic/*', capabilities: { promptCache: true, cacheBreakpoints: 4 } },
    // It takes any number of them, and heeds the last for Gemini; OpenAI's models before gpt-5.6 have none.
    ...['google/gemini*', 'qwen/*', 'openai/gpt-5.6*', 'openai/gpt-6*'].map((match) => {
      return { match, capabilities: { promptCache: true } }
    }),
  ],
  documentationUrl: 'https://openrouter.ai/docs/api-reference/overview',
  knownGaps: [
    'What each of its hundreds of models can do is not told apart: OpenRouter itself ignores parameters that a model does not take, unless `require_parameters` is among its routing.',
    'Reasoning without `reasoning_details`, which only models have that sign and encrypt nothing: not sent back. What has them goes back to the model that it is from, and no other.',
    'An effort and a budget at once: OpenRouter takes one of them; the budget is sent, with a warning.',
    'Which provider behind OpenRouter answered, web annotations and sound in answers: not passed on. Pictures that a model made are, and do not go back: no way for them is documented.',
  ],
}
