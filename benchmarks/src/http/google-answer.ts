import { type Answer, chunks, eachChunk, expectedText, piece } from './answer.ts'

const usageMetadata = {
  promptTokenCount: 14,
  candidatesTokenCount: chunks,
  totalTokenCount: 14 + chunks,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: 14 }],
}

function toAnswer(text: string, more: object): string {
  const candidates = [{ content: { parts: [{ text }], role: 'model' }, ...more, index: 0 }]
  return JSON.stringify({ candidates, usageMetadata, modelVersion: 'gemini-3-pro', responseId: 'answer-1' })
}

function toEvent(text: string, more: object = {}): string {
  return `data: ${toAnswer(text, more)}\r\n\r\n`
}

const stop = { finishReason: 'STOP' }

export const googleAnswer: Answer = {
  streamType: 'text/event-stream',
  completion: toAnswer(expectedText.chat, stop),
  pieces: [...eachChunk(() => toEvent(piece)), toEvent('', stop)],
}
