import type { Manifest } from '@llmfb/core/provider'

/** What a third party's provider is, as data. */
export const manifest: Manifest = {
  id: 'acme',
  name: 'Acme',
  tier: 'beta',
  credentials: [
    { variable: 'ACME_API_KEY', option: 'apiKey', required: true, description: 'key of the Acme service' },
    { variable: 'ACME_BASE_URL', option: 'baseURL', required: false, description: 'address of the Acme service' },
  ],
  capabilities: {
    input: ['image'],
    tools: true,
    responseFormats: ['json'],
    streaming: true,
    reasoning: true,
    promptCache: false,
    assistantPrefill: false,
    parameters: {
      temperature: { type: 'number', min: 0, max: 2 },
      maxTokens: { type: 'integer', min: 1 },
      stop: { type: 'strings', maxItems: 4 },
      seed: { type: 'integer' },
      reasoning: { type: 'reasoning', efforts: ['low', 'high'] },
    },
  },
  models: [{ match: 'acme-mini*', capabilities: { reasoning: false, parameters: { maxTokens: { type: 'integer' } } } }],
}
