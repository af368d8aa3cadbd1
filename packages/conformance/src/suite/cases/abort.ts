import type { Provider, StreamEvent } from '@llmfb/core/provider'
import { ok, strictEqual } from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import type { Answering } from '../../wire/wire-server.ts'
import type { Bench, Way } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { rejectionOf, within } from '../expect.ts'
import { join, say, text, toBytes, toWire } from '../spoken.ts'
import { facetCalls } from '../facet-calls.ts'
import { needsStreams } from './stream.ts'

/** Calls that are ended, in every phase, down to the socket. */
export const abortCases: readonly Case[] = [
  {
    id: 'abort.before',
    title: 'a call that was ended before it began sends nothing',
    async run(bench) {
      const reason = new Error('the caller has left')
      for (const { name, call } of bench.ways) {
        const options = { signal: AbortSignal.abort(reason) }
        strictEqual(await rejectionOf(call(bench.provider, bench.ask(), options), name), reason, `${name}: the reason`)
      }
      strictEqual(bench.server.requests.length, 0, 'requests sent')
    },
  },
  {
    id: 'abort.key',
    title: 'ended while its key is fetched',
    async run(bench) {
      needsService(bench)
      let asked = (): void => {}
      const apiKey = (): Promise<string> => (asked(), new Promise(() => {}))
      const provider = await bench.connect({ apiKey })
      const facets = facetCalls(provider, bench)
      for (const [name, call] of [...bench.ways.map((way) => [way.name, way.call] as const), ...facets]) {
        const isAsked = new Promise<void>((done) => (asked = done))
        await expectAbort(bench, { name: 'chat', call }, provider, isAsked, `${name}, while the key is fetched`)
      }
      strictEqual(bench.server.requests.length, 0, 'requests sent')
    },
  },
  {
    id: 'abort.headers',
    title: 'ended while it waits for an answer to begin',
    async run(bench) {
      await expectAborts(bench, 'before the headers', () => () => new Promise(() => {}))
    },
  },
  {
    id: 'abort.body',
    title: 'ended in the midst of an answer',
    async run(bench) {
      const { words } = bench
      await expectAborts(bench, 'within the body', ({ name }) => {
        const answer = toWire(words, say(words), name === 'stream')
        const body = toBytes(answer.body as string)
        return () => ({ headers: answer.headers ?? {}, body, cutAt: Math.floor(body.length / 2), hold: true })
      })
    },
  },
  {
    id: 'abort.error-body',
    title: 'ended in the midst of an error',
    async run(bench) {
      await expectAborts(bench, 'within an error', () => () => {
        return { status: 500, headers: { 'content-type': 'application/json' }, body: '{"error":{"mes', hold: true }
      })
    },
  },
  {
    id: 'abort.between-events',
    title: 'ended between two events, by the signal: the socket is closed at once, and nothing more is delivered',
    async run(bench) {
      needsStreams(bench)
      const { words, provider } = bench
      const left = serveSlowly(bench)
      const reason = new Error('the caller has left')
      const controller = new AbortController()
      const events = provider.stream(bench.ask(), { signal: controller.signal })[Symbol.asyncIterator]()
      await firstText(events)
      controller.abort(reason)
      // Nobody has to ask for more.
      await within(left(), 'closing the socket')
      const rest = async (): Promise<void> => {
        for (;;) {
          const next = await events.next()
          if (next.done === true) return
          // What came with the first text, such as counts, may still be on its way.
          ok(next.value.type !== 'text-delta', 'text was delivered after the end')
        }
      }
      strictEqual(await rejectionOf(rest(), `${words.name}: the rest of the stream`), reason, 'the reason')
      strictEqual((await events.next()).done, true, 'whether the stream is over')
    },
  },
  {
    id: 'abort.left',
    title: 'a stream that its reader leaves is closed, without a signal',
    async run(bench) {
      needsStreams(bench)
      const left = serveSlowly(bench)
      for await (const event of bench.provider.stream(bench.ask())) if (event.type === 'text-delta') break
      await within(left(), 'closing the socket')
    },
  },
  {
    id: 'abort.listeners',
    title: 'a signal that outlives its calls is left alone when they are over',
    async run(bench) {
      const { provider, hasService } = bench
      const { signal } = new AbortController()
      for (const { name, call } of bench.ways) {
        if (hasService) bench.reply(say(bench.words))
        for (let count = 0; count < 3; count++) await call(provider, bench.ask(), { signal })
        bench.server.answer({ status: 500, body: 'no' })
        for (let count = 0; count < 3; count++) await call(provider, bench.ask(), { signal }).catch(() => {})
        strictEqual(getEventListeners(signal, 'abort').length, 0, `${name}: listeners that stayed`)
      }
    },
  },
  {
    id: 'abort.facets',
    title: 'calls of facets are ended like any other',
    async run(bench) {
      needsService(bench)
      const calls = facetCalls(bench.provider, bench)
      if (calls.length === 0) doesNotApply('it has no facets that ask the service')
      for (const [name, call] of calls) {
        await expectAborts(bench, name, () => () => new Promise(() => {}), [{ name: 'chat', call }])
        const reason = new Error('the caller has left')
        const early = call(bench.provider, bench.ask(), { signal: AbortSignal.abort(reason) })
        strictEqual(await rejectionOf(early, `${name}, ended before it began`), reason, `${name}: the reason`)
      }
    },
  },
]

function needsService({ hasService }: Bench): void {
  if (!hasService) doesNotApply('there is no service behind it')
}

/** Ends a call in every way while the service answers as it is told to, and waits for the socket to close. */
async function expectAborts(
  bench: Bench,
  what: string,
  answerTo: (way: Way) => Answering,
  ways: readonly Way[] = bench.ways,
): Promise<void> {
  needsService(bench)
  for (const way of ways) {
    const answer = answerTo(way)
    const { reached, left } = watch(bench, answer)
    if (!(await expectAbort(bench, way, bench.provider, reached, `${way.name}, ${what}`))) continue
    await within(left(), `${way.name}, ${what}: closing the socket`)
  }
}

/** Serves `answer`, and tells when it has been asked for and when the client has left. */
function watch(
  bench: Bench,
  answer: Answering,
): { readonly reached: Promise<void>; readonly left: () => Promise<void> } {
  let gone: Promise<void> | undefined
  const reached = new Promise<void>((done) => {
    bench.server.answer((request, left) => {
      gone = new Promise((closed) => left.addEventListener('abort', () => closed(), { once: true }))
      // So that what it answers is under way.
      bench.clock.schedule(20, done)
      return answer(request, left)
    })
  })
  return { reached, left: async () => gone }
}

/** @returns whether the call got as far as it should; one that needs no service does not */
async function expectAbort(
  bench: Bench,
  way: Way,
  provider: Provider,
  reached: Promise<void>,
  what: string,
): Promise<boolean> {
  const reason = new Error('the caller has left')
  const controller = new AbortController()
  const call = way.call(provider, bench.ask(), { signal: controller.signal })
  const settled = call.then(
    () => 'settled' as const,
    () => 'settled' as const,
  )
  const first = await within(Promise.race([reached.then(() => 'reached' as const), settled]), `${what}: the request`)
  if (first === 'settled') return false
  controller.abort(reason)
  strictEqual(await rejectionOf(call, what), reason, `${what}: the reason`)
  return true
}

/** Serves a stream whose end does not come. */
function serveSlowly(bench: Bench): () => Promise<void> {
  const { headers, events } = bench.words.stream(say(bench.words, { parts: [text('One ', 'two ', 'three.')] }))
  const start = join(events.slice(0, -1))
  const { left } = watch(bench, () => ({ headers, body: start, hold: true }))
  return left
}

async function firstText(events: AsyncIterator<StreamEvent>): Promise<void> {
  for (;;) {
    const next = await within(events.next(), 'the first text')
    if (next.done === true || next.value.type === 'text-delta') return
  }
}
