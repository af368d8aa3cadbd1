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

/** What OpenAI's models take that reason: they refuse the rest. */
const thinking: ParameterSupport = {
  maxTokens: { type: 'integer', min: 1 },
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
    input: ['image', 'file'],
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
    // Anthropic's own number; DIAL's adapters for it are those that are known to take breakpoints.
    { match: '*claude*', capabilities: { promptCache: true, cacheBreakpoints: 4 } },
    { match: 'gpt-5-chat*', capabilities: {} },
    ...['o1*', 'o3*', 'o4*', 'gpt-5*', 'gpt-6*'].map((match) => ({ match, capabilities: { parameters: thinking } })),
  ],
  documentationUrl: 'https://docs.dialx.ai',
  knownGaps: [
    'It was never tried against a real DIAL: what it sends is known from the sources of DIAL Core.',
    'What a deployment can do depends on who set it up; by name only the reasoning models of OpenAI and those of Anthropic are told apart.',
    'Stages of an answer, which show what an application did, are not passed on, nor are forms and the references of attachments; the latter go back with the history.',
    'A breakpoint marks the end of its message, also where it stands in the midst of one: DIAL knows no other. For how long goes out as `ttl`, which its adapter for Anthropic takes.',
    'Images in tool results: refused, since not every adapter reads attachments there.',
    'The limits of a key (`/v1/deployments/{id}/limits`): DIAL tells them in no answer, and nothing here asks for them. What it refuses for them is `rate-limit`.',
    'Tokens are counted by the deployment, and only those count that were set up with a tokenizer; DIAL answers 403 for the others, whose tokens are estimated.',
    'Labels of a request (`metadata`): DIAL keeps none but `conversationId` and `jobTitle`, which go through `providerOptions`.',
  ],
}
