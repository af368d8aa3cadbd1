import type { Manifest, ParameterSupport } from '@llmfb/core/provider'

/** What DIAL's API has. */
const sampling: ParameterSupport = {
  temperature: { type: 'number', min: 0, max: 2 },
  topP: { type: 'number', min: 0, max: 1 },
  maxTokens: { type: 'integer', min: 1 },
  stop: { type: 'strings', maxItems: 4 },
  seed: { type: 'integer' },
  presencePenalty: { type: 'number', min: -2, max: 2 },
  frequencyPenalty: { type: 'number', min: -2, max: 2 },
  parallelToolCalls: { type: 'boolean' },
  user: { type: 'string' },
}

/** OpenAI's models that reason refuse `max_tokens` as well, which is DIAL's word. */
const thinking: ParameterSupport = {
  seed: { type: 'integer' },
  user: { type: 'string' },
  reasoning: { type: 'reasoning' },
}

/** What EPAM AI DIAL is, as data. Source: DIAL Core. */
export const manifest: Manifest = {
  id: 'dial',
  name: 'EPAM AI DIAL',
  tier: 'experimental',
  credentials: [
    {
      variable: 'DIAL_API_KEY',
      option: 'apiKey',
      required: true,
      description: 'API key of a project in DIAL, from whoever runs it; the option `token` stands in for it',
      url: 'https://docs.dialx.ai',
    },
    {
      variable: 'DIAL_API_HOST',
      option: 'baseURL',
      required: true,
      description: 'Address of DIAL Core, such as https://dial.example.org',
    },
  ],
  capabilities: {
    input: ['image'],
    tools: true,
    responseFormats: ['json', 'json-schema'],
    streaming: true,
    reasoning: false,
    promptCache: false,
    // The narrowest of the services that stand behind it.
    toolCallIds: { characters: 'word', maxLength: 40 },
    assistantPrefill: false,
    parameters: sampling,
  },
  models: [
    { match: 'gpt-5-chat*', capabilities: {} },
    ...['o1*', 'o3*', 'o4*', 'gpt-5*', 'gpt-6*'].map((match) => ({ match, capabilities: { parameters: thinking } })),
  ],
  documentationUrl: 'https://docs.dialx.ai',
  knownGaps: [
    'It was never tried against a real DIAL: what it sends is known from the sources of DIAL Core.',
    'What a deployment can do depends on who set it up; by name only the reasoning models of OpenAI are told apart. Their limit goes through `providerOptions`, as `max_completion_tokens`.',
    '`custom_content` of answers (attachments, stages, state) is not read; that of messages cannot be sent. `custom_fields` of a request go through `providerOptions`.',
    'Prompt-cache breakpoints (`custom_fields.cache_breakpoint` of messages): not sent.',
    'Files, and images in tool results: DIAL has attachments for them.',
    'Embeddings, the lists of applications, limits of a key and token counts: not asked for yet. The list of models is.',
    'An id of a conversation or a title of a job for each call: `X-CONVERSATION-ID` and `X-JOB-TITLE` can only be set for all calls, with `headers`.',
  ],
}
