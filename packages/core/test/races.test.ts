import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallOptions, FailureKind, Provider, RouteOptions, StreamEvent } from '../src/index.ts'
import { ProviderError } from '../src/index.ts'
import { sleep } from '../src/runtime/sleep.ts'
import { createWorld, question, scripted } from './world.ts'

/** How a provider behaves in one call. All times are whole tenths of a second, so that much happens in one moment. */
interface Behaviour {
  /** Before the first piece, and before each other one. */
  readonly tenths: number
  readonly pieces: number
  readonly end: 'finish' | 'cut' | 'stall' | 'junk' | FailureKind
  /** Throws where it should give a promise. */
  readonly throws: boolean
  /** Heeds no signal. */
  readonly deaf: boolean
  /** What its iterator does when it is closed. */
  readonly close: 'returns' | 'throws' | 'hangs' | 'is absent'
}

/** What one caller does. */
interface Caller {
  readonly atTenths: number
  readonly streamed: boolean
  /** When it leaves, after its start; undefined where it stays. */
  readonly leavesAfter: number | undefined
  /** Leaves by closing the stream rather than by its signal. */
  readonly closes: boolean
  /** How long it takes over each event. */
  readonly readsFor: number
}

const tenth = 100
const tenths = fc.integer({ min: 0, max: 6 })

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  tenths,
  pieces: fc.integer({ min: 0, max: 3 }),
  end: fc.constantFrom<Behaviour['end'][]>(
    'finish',
    'finish',
    'finish',
    'cut',
    'stall',
    'junk',
    'server',
    'network',
    'rate-limit',
    'warming',
    'context-length',
    'invalid-request',
  ),
  throws: fc.nat({ max: 9 }).map((draw) => draw === 0),
  deaf: fc.boolean(),
  close: fc.constantFrom('returns', 'throws', 'hangs', 'is absent'),
})

const caller: fc.Arbitrary<Caller> = fc.record({
  atTenths: tenths,
  streamed: fc.boolean(),
  leavesAfter: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined, freq: 2 }),
  closes: fc.boolean(),
  readsFor: fc.constantFrom(0, 0, 1, 4),
})

const route: fc.Arbitrary<Partial<RouteOptions>> = fc
  .record({
    hedge: fc.option(fc.constantFrom({ afterMs: 0, maxShare: 1 }, { afterMs: tenth, maxShare: 1 }), { nil: undefined }),
    afterCommit: fc.constantFrom('error' as const, 'continue' as const, 'restart' as const),
    maxAttempts: fc.constantFrom(1, 2, 6),
    attemptMs: fc.constantFrom(undefined, 3 * tenth),
    deadlineMs: fc.constantFrom(5 * tenth, 20 * tenth),
    maxWaitMs: fc.constantFrom(0, 3 * tenth, 5 * tenth),
  })
  .map(({ hedge, attemptMs, ...others }) => ({
    ...others,
    ...(hedge && { hedge }),
    ...(attemptMs !== undefined && { attemptMs }),
    firstContentMs: 3 * tenth,
    idleMs: 3 * tenth,
    warmingMs: 8 * tenth,
    retry: { attempts: others.maxAttempts === 1 ? 0 : 1, baseMs: 2 * tenth },
  }))

const never = (): Promise<never> => new Promise(() => undefined)

/** Waits as a provider does: one that is deaf until the time is over, whoever left. */
async function pause(isDeaf: boolean, forTenths: number, { clock, signal }: CallOptions): Promise<void> {
  if (clock && forTenths > 0) await sleep(clock, forTenths * tenth, isDeaf ? undefined : signal)
}

function stalled(isDeaf: boolean, { signal }: CallOptions): Promise<never> {
  if (isDeaf || signal === undefined) return never()
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** A call that a provider got, which it ends by itself or is told to end. */
interface Upstream {
  readonly signal: AbortSignal | undefined
  isOver: boolean
}

/** A provider that behaves so, call by call, and then well. */
function unruly(id: string, script: readonly Behaviour[], loads: boolean, upstream: Upstream[]): Provider {
  const good = scripted(id)
  let calls = 0
  const begin = ({ signal }: CallOptions): Upstream => {
    const call = { signal, isOver: false }
    upstream.push(call)
    return call
  }
  const conclude = async ({ end, deaf }: Behaviour, options: CallOptions): Promise<'finish' | 'cut' | 'junk'> => {
    if (end === 'stall') return stalled(deaf, options)
    if (end === 'finish' || end === 'cut' || end === 'junk') return end
    throw new ProviderError('It failed.', { kind: end, provider: id, model: 'm', status: 500 })
  }
  return {
    ...good,
    ...(loads ? { warmUp: { warmUp: () => Promise.resolve() } } : {}),
    chat(request, options = {}) {
      const behaves = script[calls++]
      if (behaves === undefined) return good.chat(request, options)
      if (behaves.throws) throw new Error('not today')
      const call = begin(options)
      const answer = async () => {
        await pause(behaves.deaf, behaves.tenths, options)
        const end = await conclude(behaves, options)
        return end === 'junk' ? (null as never) : good.chat(request)
      }
      return answer().finally(() => (call.isOver = true))
    },
    stream(request, options = {}) {
      const behaves = script[calls++]
      if (behaves === undefined) return good.stream(request, options)
      if (behaves.throws) throw new Error('not today')
      const call = begin(options)
      return { [Symbol.asyncIterator]: () => unrulyStream(behaves, options, call, () => conclude(behaves, options)) }
    },
  }
}

function unrulyStream(
  { tenths: each, pieces, deaf, close }: Behaviour,
  options: CallOptions,
  call: Upstream,
  conclude: () => Promise<'finish' | 'cut' | 'junk'>,
): AsyncIterator<StreamEvent> {
  let read = 0
  const finishReason = { unified: 'stop', raw: 'stop' } as const
  const finish: StreamEvent = { type: 'finish', finishReason, warnings: [], model: 'm', provider: 'x' }
  const iterator: AsyncIterator<StreamEvent> = {
    async next() {
      const at = read++
      if (at < pieces || at === 0) await pause(deaf, each, options)
      if (at < pieces) return { done: false, value: { type: 'text-delta', text: 'x' } }
      if (at > pieces) return { done: true, value: undefined }
      const end = await conclude().finally(() => (call.isOver = true))
      if (end === 'junk') return { done: false, value: null as never }
      return end === 'cut' ? { done: true, value: undefined } : { done: false, value: finish }
    },
  }
  if (close === 'is absent') return iterator
  return {
    ...iterator,
    return: () => {
      call.isOver = true
      if (close === 'throws') throw new Error('not today')
      return close === 'hangs' ? never() : Promise.resolve({ done: true, value: undefined })
    },
  }
}

const scripts = fc.tuple(
  fc.array(behaviour, { maxLength: 6 }),
  fc.array(behaviour, { maxLength: 4 }),
  fc.array(behaviour, { maxLength: 3 }),
)

const situation = fc.record({
  scripts,
  route,
  callers: fc.array(caller, { minLength: 1, maxLength: 4 }),
  loads: fc.boolean(),
  concurrency: fc.constantFrom(undefined, 1),
  targets: fc.integer({ min: 1, max: 3 }),
  disposedAt: fc.option(fc.integer({ min: 0, max: 15 }), { nil: undefined, freq: 4 }),
})

type Situation = typeof situation extends fc.Arbitrary<infer Value> ? Value : never

/** Plays it to its end, long after the last clock, and gives all that the router told. */
async function play({
  scripts: [a, b, c],
  route: policy,
  callers,
  loads,
  concurrency,
  targets,
  disposedAt,
}: Situation) {
  const limits = concurrency === undefined ? {} : { concurrency }
  const upstream: Upstream[] = []
  const all = [{ model: 'a/m', ...limits }, 'b/m', 'c/m'].slice(0, targets)
  const world = createWorld({
    providers: [unruly('a', a, loads, upstream), unruly('b', b, false, upstream), unruly('c', c, false, upstream)],
    routes: { chat: { stages: [{ targets: all }], ...policy } },
  })
  const { clock, router } = world
  const at = (when: number, run: () => void): void => void clock.schedule(when * tenth, run)
  const call = async ({ atTenths, streamed, leavesAfter, closes, readsFor }: Caller): Promise<void> => {
    await sleep(clock, atTenths * tenth)
    const leaving = new AbortController()
    if (!streamed) {
      if (leavesAfter !== undefined) at(leavesAfter, () => leaving.abort('bye'))
      await router.chat(question, { signal: leaving.signal })
      return
    }
    const stream = router.stream(question, { signal: leaving.signal })
    if (leavesAfter !== undefined) at(leavesAfter, () => (closes ? void stream.return?.() : leaving.abort('bye')))
    for await (const _ of stream) if (readsFor > 0) await sleep(clock, readsFor * tenth)
  }
  if (disposedAt !== undefined) at(disposedAt, () => router.dispose())
  const work = callers.map((one) => call(one).catch(() => undefined))
  await clock.run(Promise.all(work))
  await clock.advance(10_000)
  return { ...world, upstream }
}

describe('whatever happens in one moment', () => {
  it('every request ends once, every call ends once, and nothing is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(situation, async (drawn) => {
        const { events, router, clock, upstream } = await play(drawn)
        const open = new Map<string, number>()
        const underWay = new Map<number, number>()
        const ended = new Set<number>()
        for (const event of events) {
          if (event.type === 'request-started') open.set(`r${event.request}`, 0)
          if (/^request-(succeeded|failed|aborted)$/.test(event.type) && 'request' in event) {
            expect(open.delete(`r${event.request}`), `request ${event.request} ended twice`).toBe(true)
            ended.add(event.request)
          }
          if (event.type === 'attempt-started') {
            expect(ended.has(event.request), 'a call after the end').toBe(false)
            open.set(`${event.request}.${event.number}`, 0)
            underWay.set(event.request, (underWay.get(event.request) ?? 0) + 1)
            expect(underWay.get(event.request)).toBeLessThanOrEqual(2)
          } else if (event.type.startsWith('attempt-') && 'attempt' in event && 'request' in event) {
            const { number } = event.attempt
            expect(open.delete(`${event.request}.${number}`), `call ${number} ended twice`).toBe(true)
            underWay.set(event.request, (underWay.get(event.request) ?? 0) - 1)
          }
        }
        expect([...open.keys()], 'never ended').toEqual([])
        expect(upstream.filter(({ signal, isOver }) => !isOver && signal?.aborted !== true)).toEqual([])
        expect(router.status().every(({ inFlight }) => inFlight === 0)).toBe(true)
        expect(router.status().every(({ limits }) => limits.every(({ used }) => used === 0))).toBe(true)
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 1500 },
    )
  })
})
