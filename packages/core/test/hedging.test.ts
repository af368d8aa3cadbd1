import { describe, expect, it } from 'vitest'
import type { Provider, RouteFailedError, RouteOptions, RouterOptions } from '../src/index.ts'
import { sleep } from '../src/runtime/sleep.ts'
import type { ScriptedProvider } from '../src/testing/index.ts'
import { estimateTokens } from '../src/tokens/estimate-tokens.ts'
import type { Replies, World } from './world.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

const stall = { text: [], end: 'stall' } as const

interface HedgedWorld extends World {
  readonly a: ScriptedProvider
  readonly b: ScriptedProvider
  readonly c: ScriptedProvider
}

/** A route over `a`, `b` and `c` where every request may be hedged after 100 ms, unless it is told otherwise. */
function hedged(
  replies: readonly [Replies, Replies?, Replies?],
  route: Partial<RouteOptions> = {},
  options: Partial<RouterOptions> = {},
): HedgedWorld {
  const [a, b, c] = [scripted('a', replies[0]), scripted('b', replies[1]), scripted('c', replies[2])]
  const stages = [{ targets: ['a/m', 'b/m', 'c/m'] }]
  const routes = { chat: { stages, hedge: { afterMs: 100, maxShare: 1 }, ...route } }
  return { ...createWorld({ providers: [a, b, c], routes, ...options }), a, b, c }
}

/** That nothing is left of calls and waits. */
function expectNothingLeft({ clock, router }: World): void {
  expect(clock.pending).toBe(0)
  expect(router.status().map(({ inFlight }) => inFlight)).not.toContain(1)
}

describe('a hedge', () => {
  it('is sent when the first call has shown nothing for so long; the first is aborted when it is outraced', async () => {
    const world = hedged([stall, { delayMs: 50 }])
    const { ask, a, b, c, clock } = world
    const answer = await ask()
    expect(answer.provider).toBe('b')
    expect(lines(answer)).toEqual(['1 a/m first outraced', '2 b/m hedge success'])
    expect(answer.attempts).toMatchObject([
      { startMs: 0, durationMs: 150 },
      { startMs: 100, durationMs: 50 },
    ])
    expect([a, b, c].map(({ calls }) => calls.map(({ at, aborted }) => [at, aborted]))).toEqual([
      [[0, true]],
      [[100, false]],
      [],
    ])
    expect(clock.now()).toBe(150)
    expectNothingLeft(world)
  })

  it('is not sent beside a call that is quick enough', async () => {
    const world = hedged([{ delayMs: 99 }])
    expect(lines(await world.ask())).toEqual(['1 a/m first success'])
    expectNothingLeft(world)
    await world.clock.advance(1000)
    expect(world.b.calls).toEqual([])
  })

  it('is aborted when the first call answers after all', async () => {
    const world = hedged([{ delayMs: 300 }, stall])
    expect(lines(await world.ask())).toEqual(['1 a/m first success', '2 b/m hedge outraced'])
    expect(world.b.calls.map(({ aborted }) => aborted)).toEqual([true])
    expect(world.clock.now()).toBe(300)
    expectNothingLeft(world)
  })

  it('says nothing about the health of the one that is outraced', async () => {
    const { ask, router } = hedged([stall])
    for (let request = 1; request <= 8; request++) await ask()
    expect(
      router.status().map(({ target, circuit, failures, successes }) => [target, circuit, failures, successes]),
    ).toEqual([
      ['a/m', 'closed', 0, 0],
      ['b/m', 'closed', 0, 8],
      ['c/m', 'closed', 0, 0],
    ])
  })

  it('is one: however slow both are, no third call is made beside them', async () => {
    const { ask, c } = hedged([stall, { delayMs: 5000 }])
    expect((await ask()).provider).toBe('b')
    expect(c.calls).toEqual([])
  })

  it('is sent beside the first call only, not beside those that follow on its failure', async () => {
    const { ask, c } = hedged([fails('server'), { delayMs: 5000 }])
    expect(lines(await ask())).toEqual(['1 a/m first failure server', '2 b/m next-target success'])
    expect(c.calls).toEqual([])
  })

  it('leaves the request to one answer when both come in the same moment', async () => {
    const world = hedged([{ delayMs: 200 }, { delayMs: 100 }])
    expect(lines(await world.ask())).toEqual(['1 a/m first success', '2 b/m hedge outraced'])
    expect(world.router.status().map(({ successes }) => successes)).toEqual([1, 0, 0])
    expect(world.events.filter(({ type }) => type === 'request-succeeded')).toHaveLength(1)
    expectNothingLeft(world)
  })

  it('due in the moment of the answer makes no trouble', async () => {
    const world = hedged([{ delayMs: 100 }])
    const answer = await world.ask()
    expect(answer.attempts.filter(({ outcome }) => outcome === 'success')).toHaveLength(1)
    expectNothingLeft(world)
  })

  it('goes to the first that can be called: not to one that is paused, nor to one whose circuit is open', async () => {
    const { ask, router, b, c } = hedged([stall])
    router.isolate('b/m')
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first outraced', '2 c/m hedge success'])
    expect([b.calls.length, c.calls.length]).toEqual([0, 1])
  })

  it('leaves those that it overtakes their turn', async () => {
    const { ask, router, errorOf, clock } = hedged([
      { delayMs: 1500, ...fails('server') },
      [fails('rate-limit', { retryAfterMs: 30_000 }), {}],
      { delayMs: 1500, ...fails('server') },
    ])
    await errorOf(ask({ model: 'b/m' }))
    await clock.advance(29_000)
    const answer = await ask()
    expect(lines(answer)).toEqual([
      '1 a/m first failure server',
      '2 c/m hedge failure server',
      '3 b/m next-target success',
    ])
    expect(clock.now()).toBe(30_600)
    router.isolate('b/m')
    expect(passedOver(await errorOf<RouteFailedError>(ask()))[0]).toBe('b/m isolated after 4')
  })

  it('goes to nobody where nobody can be called', async () => {
    const world = hedged([{ delayMs: 500 }])
    world.router.isolate('b/m')
    world.router.isolate('c/m')
    expect(lines(await world.ask())).toEqual(['1 a/m first success'])
    expectNothingLeft(world)
  })

  it('goes to a target of the same stage, never to one that stands behind', async () => {
    const { ask, b } = hedged([{ delayMs: 500 }], { stages: [{ targets: ['a/m'] }, { targets: ['b/m'] }] })
    expect(lines(await ask())).toEqual(['1 a/m first success'])
    expect(b.calls).toEqual([])
  })

  it.each([
    [
      ['a/m', 'a/m', 'b/m'],
      ['1 a/m first outraced', '2 b/m hedge success'],
    ],
    [['a/m', 'a/m'], ['1 a/m first success']],
  ])('never goes to the target that is being called, in %j', async (targets, expected) => {
    const { ask } = hedged([{ delayMs: 500 }], { stages: [{ targets }] })
    expect(lines(await ask())).toEqual(expected)
  })

  it('does not break the limit of the other one', async () => {
    const { ask, router, clock } = hedged([stall, { delayMs: 1000 }], {
      stages: [{ targets: ['a/m', { model: 'b/m', concurrency: 1 }, 'c/m'] }],
    })
    const busy = router.chat({ ...question, model: 'b/m' })
    expect(lines(await ask())).toEqual(['1 a/m first outraced', '2 c/m hedge success'])
    await clock.run(busy)
  })

  it('follows a first call that was waited for', async () => {
    const { ask, errorOf } = hedged([
      [fails('rate-limit', { retryAfterMs: 1000 }), stall],
      fails('quota'),
      fails('quota'),
    ])
    const error = await errorOf<RouteFailedError>(ask())
    // Nobody could be called beside it.
    expect(lines(error).at(-1)).toBe('4 a/m waited failure timeout')
  })
})

describe('what fails beside a hedge', () => {
  it('the first call: the hedge goes on alone, and nobody else is called', async () => {
    const world = hedged([{ delayMs: 150, ...fails('server') }, { delayMs: 200 }])
    expect(lines(await world.ask())).toEqual(['1 a/m first failure server', '2 b/m hedge success'])
    expect([world.clock.now(), world.c.calls.length]).toEqual([300, 0])
    expectNothingLeft(world)
  })

  it('the hedge: the first call goes on alone', async () => {
    const world = hedged([{ delayMs: 500 }, { delayMs: 50, ...fails('server') }])
    expect(lines(await world.ask())).toEqual(['1 a/m first success', '2 b/m hedge failure server'])
    expect([world.a.calls.length, world.b.calls.length, world.c.calls.length]).toEqual([1, 1, 0])
    expectNothingLeft(world)
  })

  it('both: the next target is called', async () => {
    const world = hedged([
      { delayMs: 150, ...fails('server') },
      { delayMs: 100, ...fails('overloaded') },
    ])
    expect(lines(await world.ask())).toEqual([
      '1 a/m first failure server',
      '2 b/m hedge failure overloaded',
      '3 c/m next-target success',
    ])
    expect(world.clock.now()).toBe(200)
    expectNothingLeft(world)
  })

  it('both, the hedge before the first: the next target is called', async () => {
    const world = hedged([
      { delayMs: 300, ...fails('server') },
      { delayMs: 100, ...fails('server') },
    ])
    expect(lines(await world.ask())).toEqual([
      '1 a/m first failure server',
      '2 b/m hedge failure server',
      '3 c/m next-target success',
    ])
    expectNothingLeft(world)
  })

  it('all: one error tells of all of them', async () => {
    const replies = { delayMs: 150, ...fails('content-filter', { status: 400 }) }
    const world = hedged([{ delayMs: 150, ...fails('server') }, replies])
    const error = await world.errorOf<RouteFailedError>(world.ask())
    expect(error).toMatchObject({ reason: 'final', kind: 'content-filter' })
    expect(lines(error)).toEqual(['1 a/m first failure server', '2 b/m hedge failure content-filter'])
    expectNothingLeft(world)
  })

  it('the first for good: the hedge may serve, but nobody else is called', async () => {
    const refused = { delayMs: 150, ...fails('invalid-request', { status: 400 }) }
    const served = hedged([refused, { delayMs: 200 }])
    expect((await served.ask()).provider).toBe('b')
    const world = hedged([refused, { delayMs: 200, ...fails('server') }])
    const error = await world.errorOf<RouteFailedError>(world.ask())
    expect(error).toMatchObject({ reason: 'final', kind: 'invalid-request' })
    expect(world.events.filter(({ type }) => type === 'request-failed')).toHaveLength(1)
    expect([world.b.calls.length, world.c.calls.length]).toEqual([1, 0])
    expectNothingLeft(world)
  })

  it('the hedge for good: nobody is called when the first fails as well', async () => {
    const refused = { delayMs: 50, ...fails('content-filter', { status: 400 }) }
    const world = hedged([{ delayMs: 200, ...fails('server') }, refused])
    const error = await world.errorOf<RouteFailedError>(world.ask())
    expect(error).toMatchObject({ reason: 'final', kind: 'content-filter' })
    expect([world.a.calls.length, world.c.calls.length]).toEqual([1, 0])
  })

  it('the first by a prompt that is too long: only a larger window is called after both', async () => {
    const world = hedged([
      { delayMs: 150, ...fails('context-length') },
      { delayMs: 200, ...fails('server') },
    ])
    const error = await world.errorOf<RouteFailedError>(world.ask())
    expect(error.kind).toBe('context-length')
    expect(world.c.calls).toEqual([])
  })

  it('a provider that throws at once: the first call goes on', async () => {
    const rude: Provider = {
      ...scripted('b'),
      chat: () => {
        throw new Error('not today')
      },
    }
    const world = createWorld({
      providers: [scripted('a', { delayMs: 500 }), rude],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], hedge: { afterMs: 100, maxShare: 1 } } },
    })
    expect(lines(await world.ask())).toEqual(['1 a/m first success', '2 b/m hedge failure unknown'])
    expectNothingLeft(world)
  })

  it('a provider deaf to its signal, which answers when nobody listens any more: that changes nothing', async () => {
    const deaf: Provider = {
      ...scripted('a'),
      chat: async (request, { clock } = {}) => {
        if (clock) await sleep(clock, 10_000)
        return scripted('a').chat(request)
      },
    }
    const world = createWorld({
      providers: [deaf, scripted('b')],
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], hedge: { afterMs: 100, maxShare: 1 } } },
    })
    const answer = await world.ask()
    expect(answer.provider).toBe('b')
    const before = [JSON.stringify(world.router.status()), world.events.length]
    await world.clock.advance(20_000)
    expect([JSON.stringify(world.router.status()), world.events.length]).toEqual(before)
    expect(lines(answer)).toEqual(['1 a/m first outraced', '2 b/m hedge success'])
  })
})

describe('a hedged stream', () => {
  it('belongs to the one that shows content first; what opened the other is not seen', async () => {
    const world = hedged([
      { delayMs: 400, text: ['from a'] },
      { delayMs: 200, text: ['from ', 'b'], pieceDelayMs: 500 },
    ])
    const events = await world.read()
    expect(events.map((event) => (event.type === 'text-delta' ? event.text : event.type))).toEqual([
      'from ',
      'b',
      'finish',
    ])
    expect(events.at(-1)).toMatchObject({
      attempts: [
        { target: 'a/m', outcome: 'outraced', durationMs: 300 },
        { target: 'b/m', reason: 'hedge', outcome: 'success', firstContentMs: 200 },
      ],
    })
    expect(world.a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expectNothingLeft(world)
  })

  it('is not hedged once there was content, however slow the rest is', async () => {
    const { read, b } = hedged([{ delayMs: 50, text: ['a', 'b', 'c'], pieceDelayMs: 5000 }])
    expect((await read()).at(-1)).toMatchObject({ attempts: [{ target: 'a/m', outcome: 'success' }] })
    expect(b.calls).toEqual([])
  })

  it('tells of the call that failed before the hedge served', async () => {
    const { read } = hedged([{ delayMs: 150, ...fails('server') }, { delayMs: 200 }])
    expect((await read()).map(({ type }) => type)).toEqual(['attempt-failed', 'text-delta', 'finish'])
  })

  it('that breaks later counts the call that broke, and tells the loser from it', async () => {
    const world = hedged([{ delayMs: 150, text: ['half'], end: 'cut' }, stall, { text: ['whole'] }], {
      afterCommit: 'restart',
    })
    const events = await world.read()
    expect(events.find(({ type }) => type === 'reset')).toMatchObject({ attempt: { target: 'a/m', kind: 'truncated' } })
    const finish = events.at(-1)
    expect(finish?.type === 'finish' && lines(finish)).toEqual([
      '1 a/m first failure truncated',
      '2 b/m hedge outraced',
      '3 c/m restart success',
    ])
    expectNothingLeft(world)
  })

  it('leaves nothing behind when its reader leaves while two calls are under way', async () => {
    const world = hedged([stall, stall])
    const stream = world.open()
    const read = stream.next()
    await world.clock.advance(500)
    expect(await stream.return()).toEqual({ done: true, value: undefined })
    expect(await read).toEqual({ done: true, value: undefined })
    expect([...world.a.calls, ...world.b.calls].map(({ aborted }) => aborted)).toEqual([true, true])
    expectNothingLeft(world)
  })
})

describe('what a hedge costs', () => {
  const prices = { priceOf: () => ({ inputPerMillion: 1_000_000, outputPerMillion: 2_000_000 }) }
  const usage = {
    uncachedInputTokens: 10,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTextTokens: 3,
    reasoningTokens: 0,
  }

  it('is on the ledger: the prompt of the loser, as far as it is estimated', async () => {
    const promptUsd = estimateTokens(question)
    const { ask } = hedged([stall, { usage }], {}, { prices })
    const answer = await ask()
    expect(answer.attempts.map(({ costUsd }) => costUsd)).toEqual([promptUsd, 16])
    expect(answer.costUsd).toBe(promptUsd + 16)
  })

  it('is what the loser told of its usage, where it did', async () => {
    const a = { events: [{ type: 'usage' as const, usage: { ...usage, outputTextTokens: 0 } }], end: 'stall' as const }
    const { read } = hedged([a, { usage }], {}, { prices })
    const finish = (await read()).at(-1)
    expect(finish).toMatchObject({
      attempts: [{ outcome: 'outraced', costUsd: 10, usage: { uncachedInputTokens: 10 } }, { costUsd: 16 }],
      costUsd: 26,
      usage,
    })
  })

  it('is not known without a price', async () => {
    const answer = await hedged([stall]).ask()
    expect(answer.attempts[0]).not.toHaveProperty('costUsd')
    expect(answer).not.toHaveProperty('costUsd')
  })
})

describe('a target that is refused as a hedge', () => {
  const prices = { priceOf: () => ({ inputPerMillion: 1, outputPerMillion: 600 }) }
  const slow = { delayMs: 500, ...fails('server') }

  it('for its cost is called all the same when the first call has failed, which is then done', async () => {
    const { ask } = hedged([slow, {}], { retry: { attempts: 0 }, maxCostUsd: 1 }, { prices })
    expect(lines(await ask({ maxTokens: 1000 }))).toEqual(['1 a/m first failure server', '2 b/m next-target success'])
  })

  it('lets the next one have its place, and keeps its own', async () => {
    const dear = { priceOf: (id: string) => ({ inputPerMillion: 1, outputPerMillion: id === 'c' ? 1 : 600 }) }
    const broken = { delayMs: 500, ...fails('server') }
    const { ask } = hedged([slow, {}, broken], { retry: { attempts: 0 }, maxCostUsd: 1 }, { prices: dear })
    expect(lines(await ask({ maxTokens: 1000 }))).toEqual([
      '1 a/m first failure server',
      '2 c/m hedge failure server',
      '3 b/m next-target success',
    ])
  })

  it('takes nothing from the share of hedges', async () => {
    const route = { maxCostUsd: 1, hedge: { afterMs: 100, maxShare: 0.5 } }
    const { ask, b } = hedged([{ delayMs: 500 }, { delayMs: 500 }], route, { prices })
    for (let request = 1; request <= 4; request++) await ask({ maxTokens: 1000 })
    expect(b.calls).toHaveLength(0)
    for (let request = 1; request <= 2; request++) await ask({ maxTokens: 10 })
    expect(b.calls).toHaveLength(2)
  })

  it('since it has no retry left takes nothing from the share either', async () => {
    const routes = (hedge: object) => ({ chat: { stages: [{ targets: ['a/m', 'b/m'] }], hedge } })
    const [first, second] = [scripted('a', { delayMs: 500 }), scripted('b', { delayMs: 500 })]
    const providers = [first, second]
    const hedge = { afterMs: 100, maxShare: 0.25 }
    // One retry a minute for each target.
    const world = createWorld({
      providers,
      routes: routes(hedge),
      retryBudget: { ratio: 0, minimumPerSecond: 1 / 60, windowMs: 60_000 },
    })
    for (let request = 1; request <= 8; request++) await world.ask()
    expect(second.calls).toHaveLength(1)
    await world.clock.advance(60_000)
    // The second share of eight requests was not lost over the refusals.
    await world.ask()
    expect(second.calls).toHaveLength(2)
  })

  it('is so where the only call that is left is kept for the last resort', async () => {
    const stages = [{ targets: ['a/m', 'b/m'] }, { targets: ['c/m'] }]
    const { ask, b } = hedged([slow, slow], { stages, maxAttempts: 2, retry: { attempts: 0 } })
    expect(lines(await ask())).toEqual(['1 a/m first failure server', '2 c/m next-stage success'])
    expect(b.calls).toEqual([])
  })
})

describe('how many hedges there are', () => {
  const hedges = async ({ ask, b }: HedgedWorld, requests: number): Promise<number> => {
    for (let request = 1; request <= requests; request++) await ask()
    return b.calls.length
  }

  it.each([
    [undefined, 19, 0],
    [undefined, 20, 1],
    [undefined, 100, 5],
    [0.25, 100, 25],
    [0, 100, 0],
  ])('of requests a share of %s at most: of %i requests %i', async (maxShare, requests, expected) => {
    const world = hedged([{ delayMs: 300 }], { hedge: { afterMs: 100, maxShare } })
    expect(await hedges(world, requests)).toBe(expected)
    expectNothingLeft(world)
  })

  it('is bounded by the retry budget of the one they go to', async () => {
    const world = hedged([{ delayMs: 300 }], {}, { retryBudget: { ratio: 0, minimumPerSecond: 0.05 } })
    expect(await hedges(world, 10)).toBe(3)
  })

  it('is bounded by the attempts of a request', async () => {
    expect(await hedges(hedged([{ delayMs: 300 }], { maxAttempts: 1 }), 5)).toBe(0)
    const failing = { delayMs: 200, ...fails('server') }
    const { ask, errorOf, c } = hedged([failing, failing], { maxAttempts: 2 })
    expect(await errorOf(ask())).toMatchObject({ reason: 'attempt-limit' })
    expect(c.calls).toEqual([])
  })

  it('is none before 20 calls were observed, unless a time is given; then those beyond the 95th percentile', async () => {
    const world = hedged([({ number }) => ({ delayMs: number > 20 ? 5000 : 10 * number }), {}], {
      hedge: { maxShare: 1 },
    })
    expect(await hedges(world, 20)).toBe(0)
    const { attempts } = await world.ask()
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['outraced', 'success'])
    expect(attempts[1]?.startMs).toBeGreaterThan(190 / 1.05)
    expect(attempts[1]?.startMs).toBeLessThan(190 * 1.05)
    expectNothingLeft(world)
  })

  it('does not grow by itself: what is outraced counts with the time that it took', async () => {
    // Were the slow tenth left out once it is hedged, the 95th percentile would fall to the time of the others.
    const { ask } = hedged([({ number }) => ({ delayMs: number % 10 === 0 ? 2000 : 100 }), {}], {
      hedge: { maxShare: 1 },
    })
    const starts: number[] = []
    for (let request = 1; request <= 400; request++) {
      const hedge = (await ask()).attempts[1]
      if (hedge !== undefined) starts.push(hedge.startMs)
    }
    expect(starts.length).toBeGreaterThan(0)
    expect(Math.min(...starts)).toBeGreaterThan(1000)
  })
})

describe('a request with two calls under way', () => {
  it('ends both at its deadline', async () => {
    const world = hedged([stall, stall], { deadlineMs: 1000, attemptMs: 1000 })
    const error = await world.errorOf<RouteFailedError>(world.ask())
    expect(error).toMatchObject({ reason: 'deadline', kind: 'timeout' })
    expect(lines(error)).toEqual(['1 a/m first failure timeout', '2 b/m hedge failure timeout'])
    expect(world.clock.now()).toBe(1000)
    expect([...world.a.calls, ...world.b.calls].map(({ aborted }) => aborted)).toEqual([true, true])
    expectNothingLeft(world)
  })

  it('ends each by its own clock, and goes on', async () => {
    const world = hedged([stall, stall], { attemptMs: 300 })
    expect(lines(await world.ask())).toEqual([
      '1 a/m first failure timeout',
      '2 b/m hedge failure timeout',
      '3 c/m next-target success',
    ])
    expect(world.clock.now()).toBe(400)
    expectNothingLeft(world)
  })

  it('ends both when its caller leaves, and blames nobody', async () => {
    const world = hedged([stall, stall])
    const leaving = new AbortController()
    world.clock.schedule(200, () => leaving.abort('bye'))
    expect(await world.errorOf(world.ask({}, { signal: leaving.signal }))).toBe('bye')
    expect([...world.a.calls, ...world.b.calls].map(({ aborted }) => aborted)).toEqual([true, true])
    expect(world.events.slice(-3).map(({ type }) => type)).toEqual([
      'attempt-aborted',
      'attempt-aborted',
      'request-aborted',
    ])
    expect(world.router.status().map(({ failures }) => failures)).toEqual([0, 0, 0])
    expectNothingLeft(world)
  })

  it('ends both when the router is disposed of', async () => {
    const world = hedged([stall, stall])
    world.clock.schedule(200, () => world.router.dispose())
    expect(await world.errorOf(world.ask())).toMatchObject({ code: 'disposed' })
    expect([...world.a.calls, ...world.b.calls].map(({ aborted }) => aborted)).toEqual([true, true])
    expect(world.events.filter(({ type }) => type === 'request-aborted')).toHaveLength(1)
    expectNothingLeft(world)
  })

  it('that its caller leaves in the moment the hedge is due sends none', async () => {
    const world = hedged([stall, stall])
    const leaving = new AbortController()
    world.clock.schedule(100, () => leaving.abort('bye'))
    expect(await world.errorOf(world.ask({}, { signal: leaving.signal }))).toBe('bye')
    expect(world.events.filter(({ type }) => type === 'request-aborted')).toHaveLength(1)
    expect([...world.a.calls, ...world.b.calls].every(({ aborted }) => aborted)).toBe(true)
    expectNothingLeft(world)
  })
})
