import type { Manifest } from '@llmfb/core/provider'

/** What llama-server is, as data. Source: `tools/server/README.md` of llama.cpp, as of autumn 2026. */
export const manifest: Manifest = {
  id: 'llamacpp',
  name: 'llama.cpp',
  tier: 'beta',
  credentials: [
    {
      variable: 'LLAMA_SERVER_URL',
      option: 'baseURL',
      required: true,
      description: 'Address of a llama-server, such as http://127.0.0.1:8080; the option `server` stands in for it',
      url: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
    },
    {
      variable: 'LLAMA_API_KEY',
      option: 'apiKey',
      required: false,
      description: 'Key that the server was started with (`--api-key`); most ask for none',
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
    parameters: {
      temperature: { type: 'number', min: 0, max: 2 },
      topP: { type: 'number', min: 0, max: 1 },
      topK: { type: 'integer', min: 0 },
      maxTokens: { type: 'integer', min: 1 },
      stop: { type: 'strings' },
      seed: { type: 'integer' },
      presencePenalty: { type: 'number', min: -2, max: 2 },
      frequencyPenalty: { type: 'number', min: -2, max: 2 },
      parallelToolCalls: { type: 'boolean' },
      reasoning: {
        type: 'reasoning',
        efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
        budgetTokens: { min: 0 },
      },
    },
  },
  documentationUrl: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
  knownGaps: [
    'No recorded answer of it was at hand: what it sends is known from its documentation and its sources.',
    'Whether the model sees images, and its window, are known after `warmUp` or once a server of its own was started; until then images are sent.',
    'Tools need a server with `--jinja`, which is the default of recent builds; an older one answers them with a 500.',
    'A token budget for reasoning ends it only where the template marks where reasoning ends; builds from before March 2026 take none but `--reasoning-budget`, and ignore one in a request.',
    'Sound and video: sent by `providerOptions` alone.',
    'Whether it continues a trailing assistant message depends on how it was started, so it is not declared.',
    '`timings` of an answer are not passed on.',
    'Slots, LoRA adapters, reranking and infilling: no part of the contract.',
  ],
}
