import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isProviderError } from '../errors/provider-error.ts'
import type { AssistantPart } from '../provider/part.ts'
import type { FinishEvent, StreamEvent } from '../provider/stream-event.ts'
import type { Usage } from '../provider/usage.ts'
import { collectStream } from './collect-stream.ts'
import { Collector } from './collector.ts'
import { isContent } from './is-content.ts'

const text = fc.string({ minLength: 1, maxLength: 8 })
const opaque = fc.record({ issuer: fc.constant('a'), data: text })

/** Parts of an answer, such that no two neighbours would flow into one. */
const parts = fc
  .array(
    fc.oneof(
      fc.record({ type: fc.constant('text' as const), text }),
      fc.record({ type: fc.constant('text' as const), text, opaque }),
      fc.record({ type: fc.constant('reasoning' as const), text }),
      fc.record({ type: fc.constant('reasoning' as const), text, opaque }),
      fc.record({ type: fc.constant('tool-call' as const), id: text, name: text, arguments: text }),
      fc.record({ type: fc.constant('file' as const), file: fc.record({ url: text }) }),
    ),
  )
  .map((all) =>
    all.reduce<AssistantPart[]>((kept, part) => (flowsInto(kept.at(-1), part) ? kept : [...kept, part]), []),
  )

function flowsInto(before: AssistantPart | undefined, part: AssistantPart): boolean {
  const open = (one: AssistantPart): boolean =>
    (one.type === 'text' || one.type === 'reasoning') && one.opaque === undefined
  return (
    before !== undefined &&
    before.type === part.type &&
    open(before) &&
    (part.type === 'text' || part.type === 'reasoning')
  )
}

/** The events of which a collector should make `part`, cut where `cuts` says. */
function toEvents(part: AssistantPart, index: number, cuts: readonly number[]): StreamEvent[] {
  switch (part.type) {
    case 'text':
    case 'reasoning': {
      const type = part.type === 'text' ? ('text-delta' as const) : ('reasoning-delta' as const)
      const pieces = cut(part.text, cuts)
      return pieces.map((piece, at) => ({
        type,
        text: piece,
        ...(part.opaque !== undefined && at === pieces.length - 1 ? { opaque: part.opaque } : {}),
      }))
    }
    case 'tool-call': {
      const deltas = cut(part.arguments, cuts).map((piece, at): StreamEvent => ({
        type: 'tool-call-delta',
        index,
        id: part.id,
        arguments: piece,
        ...(at === 0 ? { name: part.name } : {}),
      }))
      return [...deltas, { ...part, index }]
    }
    case 'file':
      return [part]
  }
}

/** Pieces of a text, empty ones among them. */
function cut(whole: string, cuts: readonly number[]): string[] {
  const at = [0, ...cuts.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return at.slice(1).map((end, position) => whole.slice(at[position], end))
}

const finish: FinishEvent = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'end_turn' },
  warnings: [],
  model: 'm',
  provider: 'p',
}
const usage = (outputTextTokens: number): Usage => ({
  uncachedInputTokens: 1,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens,
  reasoningTokens: 0,
})

async function* from(events: readonly StreamEvent[]): AsyncGenerator<StreamEvent> {
  yield* events
}

describe('Collector', () => {
  it('puts an answer together again, however it was cut', () => {
    fc.assert(
      fc.property(parts, fc.array(fc.nat({ max: 20 }), { maxLength: 4 }), (content, cuts) => {
        const collector = new Collector()
        for (const [index, part] of content.entries()) {
          for (const event of toEvents(part, index, cuts)) collector.add(event)
        }
        expect(collector.content).toEqual(content)
        const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
        expect(collector.text).toBe(texts.join(''))
      }),
    )
  })

  it('makes nothing of what carries nothing: the events that are no content', () => {
    const event = fc.oneof(
      fc.constant<StreamEvent>({ type: 'text-delta', text: '' }),
      fc.constant<StreamEvent>({ type: 'reasoning-delta', text: '' }),
      fc.constant<StreamEvent>({ type: 'usage', usage: usage(1) }),
      fc.constant<StreamEvent>({ type: 'text-delta', text: 'a' }),
      fc.constant<StreamEvent>({ type: 'reasoning-delta', text: 'b' }),
      fc.constant<StreamEvent>({ type: 'tool-call', index: 0, id: '1', name: 'f', arguments: '{}' }),
    )
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const all = new Collector()
        const contentOnly = new Collector()
        for (const one of events) {
          all.add(one)
          if (isContent(one)) contentOnly.add(one)
        }
        expect(all.content).toEqual(contentOnly.content)
        expect(all.text).toBe(contentOnly.text)
      }),
    )
  })

  it('shows at any moment what has come so far, and does not change what it has shown', () => {
    const collector = new Collector()
    const shown: (readonly AssistantPart[])[] = [collector.content]
    const events: StreamEvent[] = [
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'a' },
      { type: 'text-delta', text: 'b' },
      { type: 'tool-call-delta', index: 0, id: '1', name: 'f', arguments: '{"x"' },
      { type: 'tool-call-delta', index: 1, id: '2', name: 'g', arguments: '' },
      { type: 'tool-call-delta', index: 0, id: '1', arguments: ':1}' },
      { type: 'tool-call', index: 0, id: '1', name: 'f', arguments: '{"x":1}' },
    ]
    for (const event of events) {
      collector.add(event)
      shown.push(collector.content)
    }
    const hm = { type: 'reasoning', text: 'hm' }
    const ab = { type: 'text', text: 'ab' }
    const call = (id: string, name: string, json: string): object => ({ type: 'tool-call', id, name, arguments: json })
    expect(shown).toEqual([
      [],
      [hm],
      [hm, { type: 'text', text: 'a' }],
      [hm, ab],
      [hm, ab, call('1', 'f', '{"x"')],
      [hm, ab, call('1', 'f', '{"x"'), call('2', 'g', '')],
      [hm, ab, call('1', 'f', '{"x":1}'), call('2', 'g', '')],
      [hm, ab, call('1', 'f', '{"x":1}'), call('2', 'g', '')],
    ])
  })
})

describe('collectStream', () => {
  it('gives the answer that its events make, with all that the finish event says', async () => {
    await fc.assert(
      fc.asyncProperty(parts, fc.array(fc.nat({ max: 20 }), { maxLength: 4 }), async (content, cuts) => {
        const events = content.flatMap((part, index) => toEvents(part, index, cuts))
        const answer = await collectStream(from([...events, { ...finish, requestId: 'r' }]))
        const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
        const { type: _, ...rest } = finish
        expect(answer).toEqual({ ...rest, requestId: 'r', content, text: texts.join('') })
      }),
    )
  })

  it("takes the newest usage, and the finish event's before any other", async () => {
    const usages: StreamEvent[] = [
      { type: 'usage', usage: usage(1) },
      { type: 'usage', usage: usage(2) },
    ]
    expect((await collectStream(from([...usages, finish]))).usage).toEqual(usage(2))
    expect((await collectStream(from([...usages, { ...finish, usage: usage(3) }]))).usage).toEqual(usage(3))
    expect('usage' in (await collectStream(from([finish])))).toBe(false)
  })

  it('does not take a stream without a finish event for an answer', async () => {
    const error: unknown = await collectStream(from([{ type: 'text-delta', text: 'half' }])).catch(
      (reason: unknown) => reason,
    )
    expect(isProviderError(error) && error.kind).toBe('truncated')
  })

  it('closes the stream it read, also when that goes on after the finish event', async () => {
    let closed = false
    async function* endless(): AsyncGenerator<StreamEvent> {
      try {
        yield finish
        for (;;) yield { type: 'text-delta', text: 'more' }
      } finally {
        closed = true
      }
    }
    expect((await collectStream(endless())).text).toBe('')
    expect(closed).toBe(true)
  })
})
