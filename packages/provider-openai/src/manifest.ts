import type { Manifest } from '@llmfb/core/provider'
import { sampling } from '@llmfb/openai-compatible/models'
import { models } from './models.ts'

/** What OpenAI is, as data. Sources: the types of its SDK, 7.55.0, its pages on models, and recorded answers. */
export const manifest: Manifest = {
  id: 'openai',
  name: 'OpenAI',
  tier: 'production',
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
  documentationUrl: 'https://platform.openai.com/docs/api-reference/responses',
  knownGaps: [
    'Under Chat Completions (see `api` in the README) reasoning is neither shown nor taken back, tool results hold no images, and files are bytes of a PDF, a picture or sound: the API has no words for them.',
    'The Responses API has no stop, seed or penalties, and takes no sound.',
    'Summaries of reasoning come only when asked for, with `providerOptions: { openai: { reasoning: { summary: "auto" } } }`: OpenAI refuses them to organizations that are not verified.',
    'What the service’s own tools did (web search, code interpreter, MCP, image generation), and citations: asked for through `providerOptions` they run, and the answer has their text alone.',
    'Answers in the background: `background: true` in `providerOptions` gives the state `queued` with finishReason `other`; they are not waited for.',
    'Metadata goes out only with answers that are stored, which has to be asked for: `providerOptions: { openai: { store: true } }`; with others it is left out, with a warning, since the service refuses it.',
    'Sound in answers: text only.',
  ],
}
