import { describe, expect, it } from 'vitest'
import { kindOfStatus } from '../../src/provider.ts'
import type { Provider, RouteFailedError, RouterOptions } from '../../src/index.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from '../world.ts'
import { overTwo } from './over-two.ts'

/** What went wrong with retries, pauses and circuits for the users of others: each test is named by the project and its issue. */

const noRetry = { attempts: 0 }
const untouched = { circuit: 'closed', status: 'healthy', failures: 0 }

describe('the only target', () => {
  it('litellm 7823: is not taken away after a failure', async () => {
    const a = scripted('a', [fails('server'), fails('server'), fails('server'), {}])
    const { ask, errorOf } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    await errorOf(ask())
    expect(lines(await ask())).toEqual(['1 a/m first success'])
  })

  it('litellm 8668: nor after many', async () => {
    const a = scripted('a', ({ number }) => (number <= 30 ? fails('server') : {}))
    const { ask, errorOf } = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], retry: noRetry } },
    })
    for (let request = 1; request <= 30; request++) await errorOf(ask())
    expect(a.calls).toHaveLength(30)
    expect((await ask()).provider).toBe('a')
  })

  it('litellm 17418: nor is the last of several, when the circuits of all are open: the least bad is called', async () => {
    let down = true
    const providers = ['a', 'b'].map((id) => scripted(id, () => (down ? fails('server') : {})))
    const { ask, errorOf, router } = createWorld({ providers, routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 5; request++) await errorOf(ask())
    expect(router.status().map(({ circuit }) => circuit)).toEqual(['open', 'open'])
    down = false
    const answer = await ask()
    expect(answer.attempts).toMatchObject([{ reason: 'forced', outcome: 'success' }])
    expect(passedOver(answer)).toEqual(['a/m circuit-open after 0', 'b/m circuit-open after 0'])
  })
})

describe('a pause', () => {
  it('litellm 40130: is the longer of two, whichever came first', async () => {
    for (const [first, second] of [
      [60_000, 5000],
      [5000, 60_000],
    ] as const) {
      const a = scripted('a', ({ number }) => ({
        delayMs: 1,
        ...fails('rate-limit', { retryAfterMs: number === 1 ? first : second }),
      }))
      const { router, clock } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
      await clock.run(Promise.all([router.chat(question), router.chat(question)]))
      expect(router.status()[0]?.readyInMs).toBe(60_000)
    }
  })

  it('litellm 27823: of everybody has the caller told the shortest time', async () => {
    const { ask, errorOf } = createWorld({
      providers: ['a', 'b', 'c'].map((id, index) =>
        scripted(id, fails('rate-limit', { retryAfterMs: 60_000 * (3 - index) })),
      ),
      routes: { chat: ['a/m', 'b/m', 'c/m'] },
    })
    await errorOf(ask())
    expect(await errorOf(ask())).toMatchObject({ kind: 'rate-limit', attempts: [], retryAfterMs: 60_000 })
  })

  it('langwatch 7027: keeps a provider that is limited from being asked again until it may', async () => {
    const { ask, a, clock } = overTwo(fails('rate-limit', { retryAfterMs: 3_600_000 }))
    for (let minute = 1; minute <= 60; minute++) {
      expect((await ask()).provider).toBe('b')
      await clock.advance(59_000)
    }
    expect(a.calls).toHaveLength(1)
  })
})

describe('a failure that is not the target’s', () => {
  it('litellm 42432: a request that the service refuses does not pause or open anything, and keeps its status', async () => {
    const { ask, errorOf, router } = overTwo(fails('invalid-request', { status: 400 }))
    for (let request = 1; request <= 20; request++) {
      const error = await errorOf<RouteFailedError>(ask())
      expect(error).toMatchObject({ kind: 'invalid-request', attempts: [{ status: 400 }] })
      expect(error.errors.map(({ status }) => status)).toEqual([400])
    }
    expect(router.status()[0]).toMatchObject(untouched)
    expect(router.status()[0]).not.toHaveProperty('readyInMs')
  })

  it("litellm 40958: the router's own failure never counts against a provider", async () => {
    const { ask, router } = createWorld({
      providers: [scripted('a', fails('quota')), scripted('b')],
      routes: { chat: ['inner', 'b/m'], inner: ['a/m'] },
    })
    for (let request = 1; request <= 20; request++) expect((await ask()).provider).toBe('b')
    for (const status of router.status()) expect(status).toMatchObject(untouched)
  })

  it('litellm 40718: nor does a request that no target can serve, within a route or without', async () => {
    const a = scripted('a')
    const deaf: Provider = { ...a, capabilities: (model) => ({ ...a.capabilities(model), tools: false }) }
    const { ask, errorOf, router } = createWorld({
      providers: [deaf],
      routes: { chat: ['inner'], inner: ['a/m'] },
    })
    const tools = [{ name: 'search', description: 'finds', parameters: { type: 'object' } }]
    for (let request = 1; request <= 20; request++) {
      expect(await errorOf(ask({ tools, model: request % 2 === 0 ? 'inner' : 'chat' }))).toMatchObject({
        kind: 'router',
      })
    }
    for (const status of router.status()) expect(status).toMatchObject(untouched)
    expect(a.calls).toEqual([])
    expect((await ask()).provider).toBe('a')
  })
})

describe('a kind of failure', () => {
  it('litellm 16092: is what the provider says, not what its status suggests: low credit within a 400 moves on', async () => {
    const a = scripted('a', fails('quota', { status: 400, code: 'credit_balance_too_low' }))
    const { ask, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'a/n', 'b/m'] } })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure quota', '2 b/m next-target success'])
    expect(passedOver(answer)).toEqual(['a/n account-paused after 1'])
    expect(router.status()[0]).toMatchObject({ ...untouched, pausedFor: 'quota' })
  })

  it('litellm 5764: tells overload (529) from a rate limit: it counts, and calls no pause', async () => {
    const { ask, router } = overTwo(fails(kindOfStatus(529), { status: 529 }))
    expect((await ask()).attempts[0]).toMatchObject({ kind: 'overloaded', status: 529 })
    expect(router.status()[0]).not.toHaveProperty('pausedFor')
    for (let request = 2; request <= 5; request++) await ask()
    expect(router.status()[0]).toMatchObject({ circuit: 'open', failures: 5 })
  })

  it('free-coding-models 148: of a service in trouble moves on, whether its status is known or not', async () => {
    const statuses = [408, 409, 425, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)]
    for (const status of statuses) {
      const { ask } = overTwo(fails(kindOfStatus(status), { status }))
      expect([status, (await ask()).provider]).toEqual([status, 'b'])
    }
  })

  it('Bifrost 3261: 429 and 403 move on like the others', async () => {
    for (const status of [429, 403]) {
      const { ask, read } = overTwo(fails(kindOfStatus(status), { status }))
      expect([(await ask()).provider, (await read()).at(-1)]).toMatchObject(['b', { provider: 'b' }])
    }
  })

  it('mnfst/llm-gateway 1407: a failed dependency (424) is the service in trouble, and moves on', async () => {
    const { ask, router } = overTwo(fails(kindOfStatus(424), { status: 424 }))
    expect((await ask()).provider).toBe('b')
    expect(router.status()[0]).toMatchObject({ failures: 1 })
  })

  it('mnfst/llm-gateway 1986: a refused key (401) moves on, and the operator is told', async () => {
    const warnings: unknown[] = []
    const silent = (): void => undefined
    const warn = (message: string, fields: unknown): void => void warnings.push([message, fields])
    const logger = { debug: silent, info: silent, warn, error: silent }
    const providers = [scripted('a', fails(kindOfStatus(401), { status: 401 })), scripted('b')]
    const { ask } = createWorld({ providers, routes: { chat: ['a/m', 'b/m'] }, logger })
    expect((await ask()).provider).toBe('b')
    expect(warnings).toEqual([['target needs attention', { target: 'a/m', kind: 'authentication' }]])
  })
})

describe('attempts', () => {
  it('litellm 19985: are not multiplied by fallbacks beyond those of a request', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    const providers = ids.map((id) => scripted(id, fails('server')))
    const stages = ids.map((id) => ({ targets: [`${id}/m`] }))
    const { ask, errorOf } = createWorld({ providers, routes: { chat: { stages, retry: { attempts: 5 } } } })
    expect((await errorOf<RouteFailedError>(ask())).attempts).toHaveLength(6)
    expect(providers.reduce((sum, { calls }) => sum + calls.length, 0)).toBe(6)
  })

  it('litellm 6498: of one fallback are not made again by the next: each target has its own, once', async () => {
    const [a, b] = [scripted('a', fails('server')), scripted('b', fails('server'))]
    const { ask, errorOf } = createWorld({
      providers: [a, b],
      routes: { chat: { stages: [{ targets: ['a/m'] }, { targets: ['b/m'] }], retry: { attempts: 1 } } },
    })
    await errorOf(ask())
    expect([a.calls.length, b.calls.length]).toEqual([2, 2])
  })

  it('litellm 6498: of routes within routes multiply, and that is told at the start', () => {
    const warnings: unknown[] = []
    const silent = (): void => undefined
    const warn = (message: string, fields: unknown): void => void warnings.push([message, fields])
    const routes = { chat: ['inner'], inner: ['innermost'], innermost: ['a/chat', 'a/inner'], other: ['a/m'] }
    createWorld({ providers: [scripted('a')], routes, logger: { debug: silent, info: silent, warn, error: silent } })
    const told = 'routes within a route multiply its attempts'
    expect(warnings).toEqual([
      [told, { route: 'chat', attempts: 216 }],
      [told, { route: 'inner', attempts: 36 }],
    ])
  })

  it('ComfyUI 16204: are one, where a route says that an unclear outcome is not to be repeated', async () => {
    const unclear = { retryHere: 'no', nextTarget: 'no' } as const
    const failures = { timeout: unclear, network: unclear, truncated: unclear }
    for (const reply of [fails('network'), { end: 'stall' }, { end: 'cut' }] as const) {
      const { ask, errorOf, a, b } = overTwo(reply, { failures, attemptMs: 1000 })
      expect(await errorOf(ask())).toMatchObject({ reason: 'final' })
      expect([a.calls.length, b.calls.length]).toEqual([1, 0])
    }
  })
})

describe('what is measured', () => {
  it('litellm 25548: goes by the newest sample first of all', async () => {
    const delays = [100, 3000, 50, 50, 8000, 200, 200, 1, 900]
    const a = scripted('a', ({ number }) => ({ delayMs: delays[number - 1] ?? 0 }))
    const { ask, router } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const averages: number[] = []
    for (let request = 1; request <= delays.length; request++) {
      await ask()
      averages.push(router.status()[0]?.firstContentMs ?? 0)
    }
    const distance = (average = 0, index: number): number => Math.abs(average - (delays[index] ?? 0))
    const closer = averages.map((average, index) => distance(average, index) < distance(averages[index - 1], index))
    expect(closer).toEqual(delays.map(() => true))
  })
})

describe('what is chosen', () => {
  it('litellm 25548: follows what was measured last, at once', async () => {
    const delays = { a: 100, b: 300 }
    const providers = (['a', 'b'] as const).map((id) => scripted(id, () => ({ delayMs: delays[id] })))
    const stages = [{ strategy: { name: 'latency', explore: 0 } as const, targets: ['a/m', 'b/m'] }]
    const { ask } = createWorld({ providers, routes: { chat: { stages } } })
    for (let request = 1; request <= 100; request++) await ask()
    expect((await ask()).provider).toBe('a')
    delays.a = 9000
    await ask()
    expect((await ask()).provider).toBe('b')
  })

  it('bifrost 6472: is no target that is slow to show content most of the time, though it never fails', async () => {
    const { read, router, b } = overTwo({ text: ['slow'], delayMs: 12_000 })
    await Promise.all(Array.from({ length: 10 }, () => read()))
    expect(router.status()[0]).toMatchObject({ circuit: 'open', failures: 0, successes: 10 })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', exclusions: [{ reason: 'circuit-open' }] })
    expect(b.calls).toHaveLength(1)
  })
})

describe('a half-open circuit', () => {
  const broken = fails('server')

  it('future-agi 2693: lets no herd pass', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? broken : { delayMs: 1000 }))
    const { ask, clock, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(5000)
    await clock.run(Promise.all(Array.from({ length: 200 }, () => router.chat(question))))
    expect(a.calls).toHaveLength(5 + 3)
  })

  it('termite 27: gets the permits back of callers that left', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? broken : number <= 8 ? { end: 'stall' } : {}))
    const { ask, clock, router, errorOf } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(5000)
    const leaving = new AbortController()
    const probes = [1, 2, 3].map(() => errorOf(router.chat(question, { signal: leaving.signal })))
    await clock.advance(10)
    expect((await ask()).provider).toBe('b')
    leaving.abort('left')
    expect(await Promise.all(probes)).toEqual(['left', 'left', 'left'])
    expect((await ask()).provider).toBe('a')
  })

  it('bifrost 125: lets traffic come back by and by when it has closed, not all at once', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? broken : {}))
    const { ask, clock } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(5000)
    expect((await ask()).provider).toBe('a')
    const serve = async (requests: number): Promise<number> => {
      const before = a.calls.length
      for (let request = 1; request <= requests; request++) await ask()
      return a.calls.length - before
    }
    const soon = await serve(100)
    await clock.advance(5000)
    const later = await serve(100)
    await clock.advance(6000)
    expect(soon).toBeLessThan(30)
    expect(later).toBeGreaterThan(soon)
    expect(later).toBeLessThan(90)
    expect(await serve(100)).toBe(100)
  })

  it('metapi-go 791: is not shut for ever by calls that hang in it', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? broken : number <= 8 ? { end: 'stall' } : {}))
    const { ask, clock, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(5000)
    const stalled = Promise.all([1, 2, 3].map(() => router.chat(question)))
    await clock.advance(60_000)
    await stalled
    await clock.advance(router.status()[0]?.readyInMs ?? 0)
    expect((await ask()).provider).toBe('a')
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', inFlight: 0 })
  })
})

describe('an option', () => {
  it('portkey 1289: of a circuit has an effect or is refused', async () => {
    const make = (circuit: RouterOptions['circuit']) =>
      createWorld({
        providers: [scripted('a', fails('server')), scripted('b')],
        routes: { chat: ['a/m', 'b/m'] },
        ...(circuit && { circuit }),
      })
    const { ask, router } = make({ consecutiveFailures: 2, openMs: 40_000, maxOpenMs: 80_000 })
    await ask()
    expect(router.status()[0]).toMatchObject({ circuit: 'closed' })
    await ask()
    expect(router.status()[0]).toMatchObject({ circuit: 'open', readyInMs: 30_000 })
    expect(() => make({ failureThreshold: 2 } as RouterOptions['circuit'])).toThrow(
      expect.objectContaining({ code: 'invalid-config', message: expect.stringContaining('circuit.failureThreshold') }),
    )
  })

  it('portkey 1778: of time holds for providers of one’s own, whether or not they heed it', async () => {
    const own: Provider = { ...scripted('own'), chat: () => new Promise(() => undefined) }
    const { ask, clock } = createWorld({
      providers: [own, scripted('b')],
      routes: { chat: { stages: [{ targets: ['own/m', 'b/m'] }], attemptMs: 1000 } },
    })
    expect(lines(await ask())).toEqual(['1 own/m first failure timeout', '2 b/m next-target success'])
    expect(clock.now()).toBe(1000)
  })
})
