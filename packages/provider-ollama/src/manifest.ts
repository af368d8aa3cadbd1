import type { Capabilities, Manifest, ModelPattern, ParameterSupport } from '@llmfb/core/provider'

/** Sampling parameters, which every model takes. */
export const sampling: ParameterSupport = {
  temperature: { type: 'number', min: 0, max: 2 },
  topP: { type: 'number', min: 0, max: 1 },
  topK: { type: 'integer', min: 1 },
  maxTokens: { type: 'integer', min: 1 },
  stop: { type: 'strings' },
  seed: { type: 'integer' },
  presencePenalty: { type: 'number', min: -2, max: 2 },
  frequencyPenalty: { type: 'number', min: -2, max: 2 },
}

/** Ollama refuses `think` for these with a 400; declared, such a request goes elsewhere at once. */
const thoughtless: Partial<Capabilities> = { reasoning: false, parameters: sampling }

/** A model of Ollama's library in all its sizes, and not others' models whose names begin alike. */
function family(name: string, capabilities: Partial<Capabilities>): ModelPattern[] {
  return [name, `${name}:*`].map((match) => ({ match, capabilities }))
}

/** What Ollama is, as data. Sources: Ollama's API description (openapi 0.1.0) and its SDK's types, 0.6.4. */
export const manifest: Manifest = {
  id: 'ollama',
  name: 'Ollama',
  tier: 'beta',
  credentials: [
    {
      variable: 'OLLAMA_HOST',
      option: 'baseURL',
      required: false,
      description: 'Address of the Ollama server, http://127.0.0.1:11434 unless set',
      url: 'https://docs.ollama.com/faq',
    },
    {
      variable: 'OLLAMA_API_KEY',
      option: 'apiKey',
      required: false,
      description: 'Key for ollama.com or for a proxy that asks for one; a local server needs none',
      url: 'https://ollama.com/settings/keys',
    },
  ],
  capabilities: {
    input: ['image'],
    tools: true,
    responseFormats: ['json', 'json-schema'],
    streaming: true,
    reasoning: true,
    promptCache: false,
    assistantPrefill: false,
    parameters: { ...sampling, reasoning: { type: 'reasoning', efforts: ['none', 'low', 'medium', 'high', 'max'] } },
  },
  models: [
    // Always thinks: `think: false` has no effect, and there are three levels.
    ...family('gpt-oss', {
      input: [],
      parameters: { ...sampling, reasoning: { type: 'reasoning', efforts: ['low', 'medium', 'high'] } },
    }),
    ...family('llama4', { ...thoughtless }),
    ...['gemma3', 'llava', 'llama3.2-vision'].flatMap((name) => family(name, { ...thoughtless, tools: false })),
    ...['llama3.1', 'llama3.2', 'llama3.3', 'mistral', 'qwen2.5'].flatMap((name) =>
      family(name, { ...thoughtless, input: [] }),
    ),
    ...['llama2', 'llama3', 'gemma2', 'phi3', 'phi4'].flatMap((name) =>
      family(name, { ...thoughtless, input: [], tools: false }),
    ),
  ],
  documentationUrl: 'https://docs.ollama.com/api',
  knownGaps: [
    'A tool call cannot be forced: the API has no tool choice. `none` sends no tools, a named tool is sent alone.',
    'Images by address: the API takes bytes only, and a provider fetches nothing on its own.',
    'Files: the API takes text and images.',
    'Reasoning by a token budget: the API knows on, off and levels.',
    'Prompts longer than the loaded context are cut by Ollama without a word; set `contextWindow`.',
    'Presence and frequency penalties have no effect for some models, where the server leaves them out of sampling.',
  ],
}
