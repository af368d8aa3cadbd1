import type { ChatRequest, ChatResponse, Provider, StreamEvent } from '@llmfb/core'

/** What every candidate asks. */
export const request: ChatRequest = {
  model: 'chat',
  messages: [{ role: 'user', content: 'Why is the sky blue?' }],
}

const end: Omit<ChatResponse, 'text' | 'content'> = {
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: { uncachedInputTokens: 9, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 7, reasoningTokens: 0 },
  warnings: [],
  model: 'model',
  provider: 'memory',
  requestId: 'request-1',
}

const text = 'Because air scatters blue light most.'

/** A provider that answers at once; a stream gives this many pieces of text and a finish event. */
export function createMemoryProvider(pieces: number): Provider {
  const delta: StreamEvent = { type: 'text-delta', text: 'piece ' }
  return {
    specificationVersion: 1,
    id: 'memory',
    capabilities: () => ({
      input: [],
      tools: true,
      responseFormats: ['json'],
      streaming: true,
      reasoning: false,
      promptCache: false,
      assistantPrefill: false,
      parameters: {},
    }),
    async chat() {
      return { ...end, text, content: [{ type: 'text', text }] }
    },
    async *stream() {
      for (let piece = 0; piece < pieces; piece++) yield delta
      yield { type: 'finish', ...end }
    },
  }
}

/** Reads a stream to its end. @returns how many events it gave */
export async function drain(stream: AsyncIterable<unknown>): Promise<number> {
  let events = 0
  for await (const _ of stream) events++
  return events
}
