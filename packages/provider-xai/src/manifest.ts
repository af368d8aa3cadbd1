import type { Manifest } from '@llmfb/core/provider'
import { models, thinking } from './models.ts'

/** What xAI is, as data. Sources: its documentation, recorded answers, and what its users report of its errors. */
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
    reasoning: true,
    promptCache: false,
    // Its own have 45 of them. What it refuses is not known; this is what OpenAI's description of the Responses API allows.
    toolCallIds: { characters: 'word', maxLength: 64 },
    assistantPrefill: false,
    parameters: thinking,
  },
  models,
  documentationUrl: 'https://docs.x.ai/docs/api-reference',
  knownGaps: [
    'No recorded answer of its Chat Completions was at hand, and no recorded stream: what it sends there is known from its documentation and from reports.',
    'Under Chat Completions (see `api` in the README) reasoning is neither shown nor taken back. The Responses API has no stop and no seed.',
    'Penalties: models that reason refuse them, as documented, and those that do not as well, as its users report.',
    'Names of models that were retired on 2026-05-15 (`grok-3`, `grok-4`, `grok-4-fast*`, `grok-4-1-fast*`, `grok-code-fast-1`): `grok-4.3` answers to them, says xAI, at its own price; some fail, say its users. Whether they take an effort is not known: it is left out with a warning.',
    'An effort for a model that is not known yet is left out with a warning: most models answer it with a 400.',
    'What the service’s own tools did (search, code, MCP), and citations: asked for through `providerOptions` they run, and the answer has their text alone.',
    'Files: the service takes them by URL or from its own store, and searches them with a tool that is paid for; bytes it does not take. Embeddings and sound it has none.',
    'Counts of tokens are estimates: `/tokenize-text` counts a text, and not a prompt with its messages, tools and images.',
    'Metadata: the service takes none.',
    'Which ids of tool calls it takes back is not known: those of other services go to it as OpenAI would take them.',
  ],
}
