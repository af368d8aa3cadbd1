import type { SpokenStream, WireAnswer } from '@llmfb/conformance'
import { eventMessage } from './event-stream.ts'
import { piecesOf, type Said } from './said.ts'

// Answers of services whose dialects are not among those of the conformance suite.

function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

/** Gemini signs the first of the calls, or the end of the text where there are none. */
function geminiParts({ reasoning, signature, calls }: Said, texts: readonly string[]): object[] {
  const said = [
    ...texts.map((text) => ({ text })),
    ...calls.map(({ id, name, input }) => ({ functionCall: { id, name, args: input } })),
  ]
  const signed = calls.length > 0 ? texts.length : said.length - 1
  return [
    ...(reasoning === '' ? [] : [{ text: reasoning, thought: true }]),
    ...said.map((part, at) => (at === signed && signature !== '' ? { ...part, thoughtSignature: signature } : part)),
  ]
}

function geminiBody({ model }: Said, parts: readonly object[], isLast: boolean): object {
  return {
    candidates: [{ content: { role: 'model', parts }, ...(isLast && { finishReason: 'STOP' }), index: 0 }],
    usageMetadata: { promptTokenCount: 90, candidatesTokenCount: 12, totalTokenCount: 102 },
    modelVersion: model,
    responseId: 'n1P6abvRFaKdz7IPkcuQ2Aw',
  }
}

export function geminiAnswer(said: Said): WireAnswer {
  return json(geminiBody(said, geminiParts(said, said.text === '' ? [] : [said.text]), true))
}

export function geminiStream(said: Said): SpokenStream {
  const parts = geminiParts(said, said.text === '' ? [] : piecesOf(said.text))
  return {
    headers: { 'content-type': 'text/event-stream' },
    events: parts.map((part, index) => {
      return `data: ${JSON.stringify(geminiBody(said, [part], index === parts.length - 1))}\r\n\r\n`
    }),
  }
}

export function geminiUnavailable(): WireAnswer {
  return json({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }, 503)
}

const converseUsage = { usage: { inputTokens: 90, outputTokens: 12, totalTokens: 102 }, metrics: { latencyMs: 5 } }

export function converseAnswer({ reasoning, signature, text, calls }: Said): WireAnswer {
  const content = [
    ...(reasoning === '' ? [] : [{ reasoningContent: { reasoningText: { text: reasoning, signature } } }]),
    ...(text === '' ? [] : [{ text }]),
    ...calls.map(({ id: toolUseId, name, input }) => ({ toolUse: { toolUseId, name, input } })),
  ]
  return json({
    ...converseUsage,
    output: { message: { role: 'assistant', content } },
    stopReason: calls.length > 0 ? 'tool_use' : 'end_turn',
  })
}

export function converseStream({ reasoning, signature, text, calls }: Said): SpokenStream {
  const blocks: { readonly start?: object; readonly deltas: readonly object[] }[] = [
    ...(reasoning === ''
      ? []
      : [{ deltas: [{ reasoningContent: { text: reasoning } }, { reasoningContent: { signature } }] }]),
    ...(text === '' ? [] : [{ deltas: piecesOf(text).map((piece) => ({ text: piece })) }]),
    ...calls.map(({ id: toolUseId, name, input }) => ({
      start: { toolUse: { toolUseId, name } },
      deltas: [{ toolUse: { input: JSON.stringify(input) } }],
    })),
  ]
  return {
    headers: { 'content-type': 'application/vnd.amazon.eventstream' },
    events: [
      eventMessage('messageStart', { role: 'assistant' }),
      ...blocks.flatMap(({ start, deltas }, contentBlockIndex) => [
        ...(start ? [eventMessage('contentBlockStart', { contentBlockIndex, start })] : []),
        ...deltas.map((delta) => eventMessage('contentBlockDelta', { contentBlockIndex, delta })),
        eventMessage('contentBlockStop', { contentBlockIndex }),
      ]),
      eventMessage('messageStop', { stopReason: calls.length > 0 ? 'tool_use' : 'end_turn' }),
      eventMessage('metadata', converseUsage),
    ],
  }
}

export function converseUnavailable(): WireAnswer {
  return json({ message: 'Try again.' }, 503, { 'x-amzn-errortype': 'ServiceUnavailableException' })
}
