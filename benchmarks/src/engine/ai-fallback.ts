import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { createFallback } from 'ai-fallback'
import type { Candidate } from './candidate.ts'

const options: LanguageModelV4CallOptions = {
  prompt: [{ role: 'user', content: [{ type: 'text', text: 'Why is the sky blue?' }] }],
}

const end = {
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: {
    inputTokens: { total: 9, noCache: 9, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 7, text: 7, reasoning: 0 },
  },
} as const

/** The same answers as the other candidates get, in the words of the AI SDK. */
function createMemoryModel(pieces: number): LanguageModelV4 {
  const delta: LanguageModelV4StreamPart = { type: 'text-delta', id: '0', delta: 'piece ' }
  return {
    specificationVersion: 'v4',
    provider: 'memory',
    modelId: 'model',
    supportedUrls: {},
    async doGenerate() {
      return { ...end, content: [{ type: 'text', text: 'Because air scatters blue light most.' }], warnings: [] }
    },
    async doStream() {
      let piece = 0
      const stream = new ReadableStream<LanguageModelV4StreamPart>({
        pull(controller) {
          if (piece++ < pieces) return controller.enqueue(delta)
          controller.enqueue({ type: 'finish', ...end })
          controller.close()
        },
      })
      return { stream }
    },
  }
}

/** The model itself, without the AI SDK around it, with another to fall back on. */
export function aiFallback(): Candidate {
  const model = createFallback({ models: [createMemoryModel(0), createMemoryModel(0)] })
  return { name: 'ai-fallback', call: async () => model.doGenerate(options) }
}

export function aiFallbackStream(pieces: number): Candidate {
  const model = createFallback({ models: [createMemoryModel(pieces), createMemoryModel(pieces)] })
  return {
    name: 'ai-fallback',
    async call() {
      const reader = (await model.doStream(options)).stream.getReader()
      let events = 0
      while (!(await reader.read()).done) events++
      return events
    },
  }
}
