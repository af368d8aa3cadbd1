import type { Manifest } from '@llmfb/core/provider'

/** What canned answers are, as data. Nothing that a request asks for may rule out an answer of last resort. */
export const manifest: Manifest = {
  id: 'static',
  name: 'Static',
  tier: 'beta',
  credentials: [],
  capabilities: {
    input: ['image', 'file'],
    tools: true,
    // Each answer has its own.
    responseFormats: [],
    streaming: true,
    reasoning: true,
    promptCache: false,
    // It would put the whole answer behind the piece that is there.
    assistantPrefill: false,
    parameters: {
      temperature: { type: 'number' },
      topP: { type: 'number' },
      topK: { type: 'integer' },
      maxTokens: { type: 'integer' },
      stop: { type: 'strings' },
      seed: { type: 'integer' },
      presencePenalty: { type: 'number' },
      frequencyPenalty: { type: 'number' },
      reasoning: {
        type: 'reasoning',
        efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
        budgetTokens: {},
      },
      parallelToolCalls: { type: 'boolean' },
      user: { type: 'string' },
      metadata: { type: 'labels' },
    },
    // No prompt is too long: none is read.
    contextWindow: Number.MAX_SAFE_INTEGER,
  },
  knownGaps: [
    'Parameters, pictures, files and tools are accepted so that they rule nothing out, and change nothing of the answer.',
    'JSON is answered only where a canned answer is JSON, JSON of a schema only where its author says that it fits.',
    'A tool call cannot be forced: a canned answer is text. `required` and a named tool give a warning.',
  ],
}
