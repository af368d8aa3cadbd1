import type { Manifest } from '@llmfb/core/provider'
import { models, sampling } from './models.ts'

/** What OpenAI is, as data. Sources: the types of its SDK, 7.55.0, its pages on models, and recorded answers. */
export const manifest: Manifest = {
  id: 'openai',
  name: 'OpenAI',
  tier: 'beta',
  credentials: [
    {
      variable: 'OPENAI_API_KEY',
      option: 'apiKey',
      required: true,
      description: 'API key of an OpenAI project',
      url: 'https://platform.openai.com/api-keys',
    },
    {
      variable: 'OPENAI_BASE_URL',
      option: 'baseURL',
      required: false,
      description: 'Address of OpenAI or of a proxy for it, https://api.openai.com/v1 unless set',
    },
  ],
  capabilities: {
    input: ['image', 'file'],
    tools: true,
    responseFormats: ['json', 'json-schema'],
    streaming: true,
    reasoning: false,
    promptCache: false,
    // Longer ones were answered with a 400, `string_above_max_length`, in 2025, and some were taken in July 2026. The
    // service's own have 29 characters; which other characters it takes is not known.
    toolCallIds: { characters: 'word', maxLength: 40 },
    assistantPrefill: false,
    parameters: sampling,
  },
  models,
  documentationUrl: 'https://platform.openai.com/docs/api-reference/chat',
  knownGaps: [
    'Models that only the Responses API serves (`*-pro`, `*codex*`, deep research): this provider speaks Chat Completions.',
    'Reasoning text and encrypted reasoning: Chat Completions neither shows nor takes back any.',
    'Images in tool results: the API refuses them there.',
    'Files by URL: the API takes bytes, or the id of an uploaded file through `providerOptions`.',
    'Prompt-cache breakpoints: not sent, though models from gpt-5.6 on take them; prompts are cached by themselves all the same. `prompt_cache_key` goes through `providerOptions`.',
    'Metadata is stored only with completions that are stored: `providerOptions: { openai: { store: true } }`.',
    'Sound in answers: text only.',
  ],
}
