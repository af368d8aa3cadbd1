import { createSeededRandom } from '@llmfb/core/testing'
import type { WireAnswer } from '../../wire/wire-answer.ts'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { failureOf } from '../expect.ts'
import { join, say, toBytes } from '../spoken.ts'
import { needsStreams, richAnswer } from './stream.ts'

const endings = ['end', 'half-close', 'destroy', 'reset'] as const

/** Answers that break off, which must never pass for answers. */
export const cutCases: readonly Case[] = [
  {
    id: 'cuts.stream-events',
    title: 'a stream that ends behind any of its events but the last is truncated, however it ends',
    async run(bench) {
      const { headers, events } = richStream(bench)
      for (let count = 1; count < events.length; count++) {
        const cutAt = join(events.slice(0, count)).length
        await expectCut(bench, { headers, body: join(events), cutAt }, `behind event ${count} of ${events.length}`)
      }
    },
  },
  {
    id: 'cuts.stream-bytes',
    title: 'a stream that ends in the midst of any of its events is truncated',
    async run(bench) {
      const { headers, events } = richStream(bench)
      const body = join(events)
      const random = createSeededRandom(11)
      // Of the last event everything but blank space has to be lost.
      const last = body.length - toBytes(events.at(-1) ?? '').length
      const end = bench.words.framing === 'binary' ? body.length : contentLength(body)
      const cuts = Array.from({ length: 24 }, () => 1 + Math.floor(random() * (end - 1)))
      for (const cutAt of [1, last + 1, end - 1, ...cuts]) {
        await expectCut(bench, { headers, body, cutAt }, `behind byte ${cutAt} of ${body.length}`)
      }
    },
  },
  {
    id: 'cuts.stream-start',
    title: 'a stream that ends before anything came is a failure',
    async run(bench) {
      const { headers } = richStream(bench)
      for (const cut of endings) {
        bench.server.answer({ headers, body: '', cut })
        await failureOf(readStream(bench), `no byte (${cut})`, ['truncated', 'empty', 'network'])
      }
    },
  },
  {
    id: 'cuts.whole',
    title: 'an answer that is not streamed and breaks off is a failure',
    async run(bench) {
      const answer = bench.words.answer(richAnswer(bench))
      const { length } = toBytes(answer.body as string)
      for (const share of [0.01, 0.2, 0.5, 0.8, 0.99]) {
        for (const cut of endings) {
          const cutAt = Math.max(1, Math.min(length - 1, Math.floor(length * share)))
          bench.server.answer({ ...answer, cutAt, cut })
          const what = `behind byte ${cutAt} of ${length} (${cut})`
          await failureOf(bench.provider.chat(bench.ask()), what, ['truncated', 'malformed', 'network'])
        }
      }
    },
  },
]

function richStream(bench: Bench): ReturnType<Bench['words']['stream']> {
  needsStreams(bench)
  return bench.words.stream({ ...say(bench.words), ...richAnswer(bench) })
}

async function readStream(bench: Bench): Promise<unknown> {
  return bench.ways.find(({ name }) => name === 'stream')?.call(bench.provider, bench.ask())
}

async function expectCut(bench: Bench, answer: WireAnswer, what: string): Promise<void> {
  for (const cut of endings) {
    bench.server.answer({ ...answer, cut })
    // A reset may overtake the bytes, and even the headers, that were sent before it.
    const kinds = cut === 'reset' ? (['truncated', 'network'] as const) : (['truncated'] as const)
    await failureOf(readStream(bench), `${what} (${cut})`, kinds)
  }
}

/** The length of the body without the line ends and blanks at its end. */
function contentLength(body: Uint8Array): number {
  let end = body.length
  while (end > 0 && [0x0a, 0x0d, 0x20].includes(body[end - 1] ?? 0)) end -= 1
  return end
}
