import type { Manifest } from '@llmfb/core/provider'
import { models, thinking } from './models.ts'

/** What xAI is, as data. Sources: its documentation, and what its users report of its errors. */
export const manifest: Manifest = {
  id: 'xai',
  name: 'xAI',
  tier: 'beta',
  credentials: [
    {
      variable: 'XAI_API_KEY',
      option: 'apiKey',
      required: true,
      description: 'API key of an xAI team',
      url: 'https://console.x.ai',
    },
    {
      variable: 'XAI_BASE_URL',
      option: 'baseURL',
      required: false,
      description: 'Address of xAI or of a proxy for it, https://api.x.ai/v1 unless set',
    },
  ],
  capabilities: {
    input: ['image'],
    tools: true,
    responseFormats: ['json', 'json-schema'],
    streaming: true,
    reasoning: false,
    promptCache: false,
    assistantPrefill: false,
    parameters: thinking,
  },
  models,
  documentationUrl: 'https://docs.x.ai/docs/api-reference',
  knownGaps: [
    'No recorded answer of its Chat Completions was at hand: what it sends is known from its documentation and from reports.',
    'Encrypted reasoning and server-side tools: only its Responses API has them. Search in Chat Completions goes through `providerOptions`.',
    'Models that only the Responses API serves, such as `grok-4.20-multi-agent`.',
    'Reasoning text is shown by `grok-3-mini` alone, and is not sent back.',
    'An effort for a model that is not known yet is left out with a warning: most models answer it with a 400.',
    'Embeddings, files and sound: the service has none of them in this API.',
    'Which ids of tool calls it takes back is not known: they go back as they are.',
  ],
}
