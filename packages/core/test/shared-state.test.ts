import { describe, expect, it } from 'vitest'
import { createRouter } from '../src/index.ts'
import type { ChatRequest, Provider, RouteFailedError, Router, RouterEvent, RouterOptions } from '../src/index.ts'
import { createMemoryStore } from '../src/store.ts'
import type { Store } from '../src/store.ts'
import { createFakeClock, createSeededRandom } from '../src/testing/index.ts'
import type { FakeClock } from '../src/testing/index.ts'
import { fails, lines, passedOver, question, scripted } from './world.ts'

interface Pair {
  readonly clock: FakeClock
  readonly store: Store
  readonly routers: readonly [Router, Router]
  readonly events: readonly [RouterEvent[], RouterEvent[]]
  readonly ask: (which: 0 | 1, request?: Partial<ChatRequest>) => ReturnType<Router['chat']>
}

/** Two routers, as of two processes, over one store. */
async function createPair(
  options: Omit<RouterOptions, 'store' | 'clock'>,
  wrap = (store: Store) => store,
): Promise<Pair> {
  const clock = createFakeClock()
  const store = createMemoryStore({ clock })
  const events: [RouterEvent[], RouterEvent[]] = [[], []]
  const create = (seed: 0 | 1): Router =>
    createRouter({
      env: {},
      ...options,
      store: wrap(store),
      clock,
      random: createSeededRandom(seed + 1),
      onEvent: (event) => events[seed].push(event),
    })
  const routers = [create(0), create(1)] as const
  await heard(clock)
  const ask: Pair['ask'] = (which, request) => clock.run(routers[which].chat({ ...question, ...request }))
  return { clock, store, routers, events, ask }
}

/** What routers load for a store is there, and what is on its way has come. */
async function heard(clock: FakeClock): Promise<void> {
  await import('../src/router/share.ts')
  await clock.advance(1)
}

function circuitsOf(router: Router): readonly string[] {
  return router.status().map(({ target, circuit }) => `${target} ${circuit}`)
}

describe('routers that share a store', () => {
  const routes = { chat: ['a/m', 'b/m'] }
  const broken = (): readonly Provider[] => [scripted('a', fails('server')), scripted('b')]

  it('learn from each other which circuit is open', async () => {
    const { routers, ask, clock } = await createPair({ providers: broken(), routes })
    while (!circuitsOf(routers[0]).includes('a/m open')) await ask(0)
    await clock.advance(1)
    expect(circuitsOf(routers[1])).toEqual(['a/m open', 'b/m closed'])
    const answer = await ask(1)
    expect(passedOver(answer)).toEqual(['a/m circuit-open after 0'])
    expect(lines(answer)).toEqual(['1 b/m first success'])
  })

  it('learn from each other that it is well again', async () => {
    let isBroken = true
    const a = scripted('a', () => (isBroken ? fails('server') : {}))
    const { routers, ask, clock } = await createPair({
      providers: [a, scripted('b')],
      routes,
      circuit: { rampUpMs: 0 },
    })
    while (!circuitsOf(routers[0]).includes('a/m open')) await ask(0)
    await clock.advance(1)
    isBroken = false
    await clock.advance(5000)
    expect((await ask(0)).provider).toBe('a')
    await clock.advance(1)
    // It is tried with a few calls first: what holds for one process may not hold for another.
    expect(circuitsOf(routers[1])).toEqual(['a/m half-open', 'b/m closed'])
    expect((await ask(1)).provider).toBe('a')
    expect(circuitsOf(routers[1])).toEqual(['a/m closed', 'b/m closed'])
  })

  it('leave alone whom one of them was told to leave alone: a target', async () => {
    const limited = [scripted('a', fails('rate-limit', { retryAfterMs: 30_000 })), scripted('b')]
    const { ask, clock } = await createPair({ providers: limited, routes })
    await ask(0)
    await clock.advance(1)
    expect(passedOver(await ask(1))).toEqual(['a/m paused after 0'])
    await clock.advance(30_000)
    expect(lines(await ask(1))).toEqual(['1 a/m first failure rate-limit', '2 b/m next-target success'])
  })

  it('leave alone whom one of them was told to leave alone: an account', async () => {
    const { ask, clock } = await createPair({
      providers: [scripted('a', fails('quota')), scripted('b')],
      routes: { chat: ['a/m', 'b/m'], other: ['a/other', 'b/m'] },
    })
    await ask(0)
    await clock.advance(1)
    expect(passedOver(await ask(1, { model: 'other' }))).toEqual(['a/other account-paused after 0'])
  })

  it('hear at their start what was said before', async () => {
    const { routers, ask, clock, store } = await createPair({ providers: broken(), routes })
    while (!circuitsOf(routers[0]).includes('a/m open')) await ask(0)
    const late = createRouter({ providers: broken(), routes, store, clock, random: createSeededRandom(9), env: {} })
    await heard(clock)
    expect(circuitsOf(late)).toEqual(['a/m open', 'b/m closed'])
  })

  it('hear of targets that a reload brings what was said before', async () => {
    const { routers, ask, clock } = await createPair({ providers: broken(), routes })
    routers[1].reload({ providers: broken(), routes: { chat: ['b/m'] } })
    while (!circuitsOf(routers[0]).includes('a/m open')) await ask(0)
    routers[1].reload({ providers: broken(), routes })
    await clock.advance(1)
    expect(circuitsOf(routers[1]).toSorted()).toEqual(['a/m open', 'b/m closed'])
  })

  it('repeat nothing to each other: an opening is told once', async () => {
    const told: string[] = []
    const { routers, ask, clock } = await createPair({ providers: broken(), routes }, (store) => ({
      get: (key) => store.get(key),
      add: (...all) => store.add(...all),
      watch: (...all) => store.watch(...all),
      set: (key, ...rest) => {
        told.push(key)
        return store.set(key, ...rest)
      },
    }))
    while (!circuitsOf(routers[0]).includes('a/m open')) await ask(0)
    await clock.advance(10)
    expect(told).toEqual(['llmfb:1:circuit:a/m'])
  })
})

describe('a store that is of no use', () => {
  const forever = (): Promise<never> => new Promise(() => undefined)
  const dead = (): Promise<never> => Promise.reject(new Error('gone'))
  const thrown = (): never => {
    throw new Error('gone')
  }
  const stores: readonly (readonly [string, Store])[] = [
    ['hangs', { get: forever, set: forever, add: forever, watch: () => () => undefined }],
    ['is dead', { get: dead, set: dead, add: dead, watch: () => () => undefined }],
    ['throws', { get: thrown, set: thrown, add: thrown, watch: thrown }],
  ]

  it.each(stores)('because it %s changes nothing: circuits, pauses and limits are each their own', async (_, store) => {
    const providers = [scripted('a', fails('server')), scripted('b')]
    const routes = { chat: ['a/m', { model: 'b/m', rpm: 5 }], b: ['b/m'] }
    const { ask, routers } = await createPair({ providers, routes }, () => store)
    for (let request = 1; request <= 5; request++) expect((await ask(0)).provider).toBe('b')
    expect(circuitsOf(routers[0])).toEqual(['a/m open', 'b/m closed'])
    expect(circuitsOf(routers[1])).toEqual(['a/m closed', 'b/m closed'])
    expect((await ask(1, { model: 'b' })).provider).toBe('b')
  })

  it('delays nobody who needs none of it', async () => {
    const { ask, clock } = await createPair(
      { providers: [scripted('a')], routes: { chat: ['a/m'] } },
      () => stores[0]?.[1] as Store,
    )
    const before = clock.now()
    await ask(0)
    expect(clock.now()).toBe(before)
  })

  it('and that comes back is heard again', async () => {
    let isGone = true
    const { routers, ask, clock } = await createPair(
      { providers: [scripted('a', fails('server')), scripted('b')], routes: { chat: ['a/m', 'b/m'] } },
      (store) => ({
        get: (key) => (isGone ? forever() : store.get(key)),
        set: (...all) => (isGone ? forever() : store.set(...all)),
        add: (...all) => (isGone ? forever() : store.add(...all)),
        watch: (...all) => store.watch(...all),
      }),
    )
    await clock.advance(1000)
    routers[0].isolate('b/m')
    routers[0].reset('b/m')
    while (!circuitsOf(routers[0]).includes('a/m open')) await ask(0)
    expect(circuitsOf(routers[1])).toEqual(['a/m closed', 'b/m closed'])
    isGone = false
    await clock.advance(3000)
    expect(circuitsOf(routers[1])).toEqual(['a/m open', 'b/m closed'])
  })
})

describe('limits that several routers share', () => {
  /** What `providers` were sent in each span of a minute that begins with a call. */
  function mostInAMinute(calls: readonly { readonly at: number }[]): number {
    const counts = calls.map(({ at }) => calls.filter((call) => call.at >= at && call.at < at + 60_000).length)
    return Math.max(0, ...counts)
  }

  it('are never exceeded by the sum of requests', async () => {
    const a = scripted('a', { delayMs: 20 })
    const routes = { chat: [{ model: 'a/m', rpm: 20 }, 'b/m'] }
    const { clock, routers } = await createPair({ providers: [a, scripted('b')], routes })
    const answers: Promise<{ readonly provider: string }>[] = []
    for (let tick = 0; tick < 300; tick++) {
      answers.push(...routers.map((router) => router.chat(question)))
      await clock.advance(1000)
    }
    const providers = (await clock.run(Promise.all(answers))).map(({ provider }) => provider)
    expect(providers).toContain('b')
    expect(mostInAMinute(a.calls)).toBeLessThanOrEqual(20)
    // Steadily 12 parts of 14, over five minutes.
    expect(a.calls.length).toBeGreaterThan(70)
  })

  it('are never exceeded by a burst of both at once', async () => {
    const a = scripted('a', { delayMs: 20 })
    const routes = { chat: [{ model: 'a/m', rpm: 10 }, 'b/m'] }
    const { clock, routers } = await createPair({ providers: [a, scripted('b')], routes })
    const burst = Array.from({ length: 30 }, (_, index) => (routers[index % 2] as Router).chat(question))
    const answers = await clock.run(Promise.all(burst))
    expect(a.calls).toHaveLength(10)
    expect(answers.filter(({ provider }) => provider === 'b')).toHaveLength(20)
  })

  it('exclude a target whose limit others used up, and hand back all that was taken for the call', async () => {
    const a = scripted('a')
    const routes = { chat: [{ model: 'a/m', rpm: 4, concurrency: 1 }, 'b/m'] }
    const { ask, routers, events } = await createPair({ providers: [a, scripted('b')], routes })
    for (let request = 1; request <= 4; request++) expect((await ask(0)).provider).toBe('a')
    const answer = await ask(1)
    expect(passedOver(answer)).toEqual(['a/m limit after 0'])
    expect(answer.exclusions[0]?.detail).toBe('a limit that it shares with other processes is used up')
    expect(lines(answer)).toEqual(['1 b/m first success'])
    expect(routers[1].status()[0]).toMatchObject({
      inFlight: 0,
      limits: [
        { counts: 'requests', limit: 4, used: 0 },
        { counts: 'concurrency', limit: 1, used: 0 },
      ],
    })
    expect(events[1].filter(({ type }) => type === 'attempt-started')).toHaveLength(1)
  })

  it('count tokens as estimated, and as used once that is known', async () => {
    const usage = { uncachedInputTokens: 100, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 0 }
    const a = scripted('a', { usage: { ...usage, reasoningTokens: 0 } })
    const routes = { chat: [{ model: 'a/m', tpm: 1000 }, 'b/m'] }
    const { ask } = await createPair({ providers: [a, scripted('b')], routes })
    const providers: string[] = []
    for (let request = 0; request < 8; request++) providers.push((await ask((request % 2) as 0 | 1)).provider)
    // Each is let through by its estimate, of some 500 tokens for the answer, and then counts as 100.
    expect(providers.filter((provider) => provider === 'a').length).toBeGreaterThan(4)
    const more = await ask(0, { maxTokens: 900 })
    expect(more.provider).toBe('b')
  })

  it('let a failover go on to its next target, and fail whoever has none', async () => {
    const a = scripted('a')
    const routes = { chat: [{ model: 'a/m', rpm: 1 }] }
    const { ask } = await createPair({ providers: [a], routes })
    await ask(0)
    const error = await ask(1).then(
      () => undefined,
      (thrown: unknown) => thrown as RouteFailedError,
    )
    expect(error).toMatchObject({ kind: 'rate-limit', attempts: [] })
    expect(passedOver(error as RouteFailedError)).toEqual(['a/m limit after 0'])
    expect(a.calls).toHaveLength(1)
  })

  it('give back what a caller took who left before the call', async () => {
    const a = scripted('a')
    const routes = { chat: [{ model: 'a/m', rpm: 1 }, 'b/m'] }
    const { ask, clock, routers } = await createPair({ providers: [a, scripted('b')], routes }, (store) => ({
      get: (key) => store.get(key),
      set: (...all) => store.set(...all),
      watch: (...all) => store.watch(...all),
      add: (...all) => new Promise((resolve) => void clock.schedule(5, () => resolve(store.add(...all)))),
    }))
    const controller = new AbortController()
    const leaving = routers[0].chat(question, { signal: controller.signal })
    await clock.advance(7)
    controller.abort(new Error('left'))
    await expect(leaving).rejects.toThrow('left')
    await clock.advance(20)
    expect(a.calls).toHaveLength(0)
    expect(routers[0].status()[0]).toMatchObject({ inFlight: 0, limits: [{ used: 0 }] })
    expect((await ask(1)).provider).toBe('a')
  })

  it('are asked for before a stream begins as well', async () => {
    const routes = { chat: [{ model: 'a/m', rpm: 1 }, 'b/m'] }
    const { ask, clock, routers } = await createPair({ providers: [scripted('a'), scripted('b')], routes })
    await ask(0)
    const stream = routers[1].stream(question)
    await clock.run(stream.next())
    expect(await clock.run(stream.next())).toMatchObject({ value: { type: 'finish', provider: 'b' } })
  })

  it('leave nothing under way in a router that is disposed of meanwhile', async () => {
    const a = scripted('a')
    const { clock, routers } = await createPair(
      { providers: [a], routes: { chat: [{ model: 'a/m', rpm: 1 }] } },
      (store) => ({
        get: (key) => store.get(key),
        set: (...all) => store.set(...all),
        watch: (...all) => store.watch(...all),
        add: () => new Promise(() => undefined),
      }),
    )
    const answer = routers[0].chat(question)
    await clock.advance(1)
    routers[0].dispose()
    await expect(answer).rejects.toMatchObject({ code: 'disposed' })
    expect(a.calls).toHaveLength(0)
    routers[1].dispose()
    expect(clock.pending).toBe(0)
  })
})
