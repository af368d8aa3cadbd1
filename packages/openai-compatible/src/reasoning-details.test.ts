import { collectStream, type FinishEvent, type JsonObject, type StreamEvent } from '@llmfb/core/provider'
import { expect, it } from 'vitest'
import { createReasoningDetailsReader, readReasoningDetails, toReasoningDetails } from './reasoning-details.ts'

const issuer = { provider: 'p', model: 'm' }

/** Of every kind, and such that none would flow into the next. */
const details: readonly JsonObject[] = [
  { type: 'reasoning.text', text: 'One two.', signature: 'a', format: 'f', index: 0 },
  { type: 'reasoning.text', text: 'Three.', signature: 'b', format: 'f', index: 0 },
  { type: 'reasoning.text', text: '', signature: 'c', format: 'f', index: 1 },
  { type: 'reasoning.summary', summary: 'Four.', format: 'g', index: 0 },
  { type: 'reasoning.encrypted', data: 'x', id: 'r1', format: 'g', index: 0 },
  { type: 'reasoning.encrypted', data: 'y', id: 'r2', format: 'g', index: 0 },
  { type: 'reasoning.summary', summary: 'Five.', id: 's', format: 'g', index: 0 },
  { type: 'reasoning.tomorrow', anything: [1, { a: null }] },
]

/** What a stream makes of a detail: its text in pieces of `size` characters, and the signature alone. */
function toPieces(detail: JsonObject, size: number): JsonObject[] {
  const field = detail['type'] === 'reasoning.summary' ? 'summary' : 'text'
  const { [field]: text, signature, ...rest } = detail
  if (typeof text !== 'string') return [detail]
  const starts = Array.from({ length: Math.ceil(text.length / size) }, (_, index) => index * size)
  const pieces = starts.map((at): JsonObject => ({ ...rest, [field]: text.slice(at, at + size) }))
  if (signature !== undefined) pieces.push({ ...rest, signature, ...(text === '' && { text }) })
  return pieces
}

async function collect(deltas: readonly (readonly JsonObject[] | string)[]): Promise<readonly JsonObject[]> {
  const events: StreamEvent[] = []
  const reader = createReasoningDetailsReader(issuer)
  for (const delta of deltas) {
    if (typeof delta === 'string') {
      reader.close(events)
      events.push({ type: 'text-delta', text: delta })
    } else reader.read(delta, events)
  }
  reader.close(events)
  const finish: FinishEvent = {
    type: 'finish',
    finishReason: { unified: 'stop', raw: 'stop' },
    warnings: [],
    model: 'm',
    provider: 'p',
  }
  async function* all(): AsyncGenerator<StreamEvent> {
    yield* [...events, finish]
  }
  return toReasoningDetails((await collectStream(all())).content, issuer)
}

it('hands back the details of an answer as they came', () => {
  expect(toReasoningDetails(readReasoningDetails(details, issuer), issuer)).toEqual(details)
  const alike = [
    { type: 'reasoning.summary', summary: 'A', index: 0 },
    { type: 'reasoning.summary', summary: 'AB', index: 0 },
    { type: 'reasoning.summary', summary: 'AB', index: 0 },
  ]
  expect(toReasoningDetails(readReasoningDetails(alike, issuer), issuer)).toEqual(alike)
})

it('joins those of a stream, however it was cut, and wherever the answer itself begins', async () => {
  for (let size = 1; size <= 9; size++) {
    const pieces = details.flatMap((detail) => toPieces(detail, size))
    expect(await collect([pieces])).toEqual(details)
    expect(await collect(pieces.map((piece) => [piece]))).toEqual(details)
    for (let at = 0; at <= pieces.length; at++) {
      const deltas = [pieces.slice(0, at), 'Answer.', ...pieces.slice(at).map((piece) => [piece]), 'More.']
      expect(await collect(deltas), `${size}, ${at}`).toEqual(details)
    }
  }
})
