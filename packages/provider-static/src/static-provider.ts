import type { CallOptions, ChatRequest, ChatResponse, Manifest, Provider, StreamEvent } from '@llmfb/core/provider'
import { capabilitiesOf } from '@llmfb/core/provider'
import { modelNotFound } from './failures.ts'
import { makeText } from './make-text.ts'
import type { Answer } from './read-answers.ts'
import { warningsOf } from './warnings-of.ts'

/** No tokens were used, and nothing is billed. */
const free = {
  uncachedInputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
}

/** The provider behind `staticAnswers()`. */
export function createStaticProvider(
  id: string,
  manifest: Manifest,
  answers: ReadonlyMap<string, Answer>,
  chunkSize = 40,
): Provider {
  async function chat(request: ChatRequest, options: CallOptions = {}): Promise<ChatResponse> {
    options.signal?.throwIfAborted()
    const { model } = request
    const answer = answers.get(model)
    if (answer === undefined) throw modelNotFound(id, model, [...answers.keys()])
    const text = await makeText(answer, request, options, id)
    return {
      text,
      content: [{ type: 'text', text }],
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: free,
      warnings: warningsOf(request),
      model,
      provider: id,
      degraded: true,
    }
  }

  async function* stream(
    request: ChatRequest,
    options: CallOptions = {},
  ): AsyncGenerator<StreamEvent, void, undefined> {
    const { text, content: _, ...finish } = await chat(request, options)
    for (const piece of toPieces(text, chunkSize)) {
      yield { type: 'text-delta', text: piece }
      options.signal?.throwIfAborted()
    }
    yield { type: 'finish', ...finish }
  }

  return { specificationVersion: 1, id, capabilities: (model) => capabilitiesOf(manifest, model), chat, stream }
}

/** Cuts a text into pieces of so many code points, none of which is torn. */
function* toPieces(text: string, size: number): Generator<string, void, undefined> {
  let piece = ''
  let length = 0
  for (const character of text) {
    piece += character
    if (++length < size) continue
    yield piece
    piece = ''
    length = 0
  }
  if (piece !== '') yield piece
}
