import { describe, expect, it } from 'vitest'
import type { RouteFailedError, RouterOptions } from '../src/index.ts'
import type { Reply, ScriptedCall, ScriptedProvider } from '../src/testing/index.ts'
import type { World } from './world.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

interface CellsWorld extends World {
  readonly a: ScriptedProvider
  readonly b: ScriptedProvider
  /** Calls that `a` got for this model. */
  readonly calls: (model: string) => number
}

/** Routes over two models of `a`, each with `b` behind it; and one over a model of `a` alone. */
function cells(replies: (call: ScriptedCall) => Reply, options: Partial<RouterOptions> = {}): CellsWorld {
  const [a, b] = [scripted('a', replies), scripted('b')]
  const world = createWorld({
    providers: [a, b],
    routes: {
      x: { stages: [{ targets: ['a/x', 'b/m'] }], retry: { attempts: 0 } },
      y: { stages: [{ targets: ['a/y', 'b/m'] }], retry: { attempts: 0 } },
      alone: { stages: [{ targets: ['a/x'] }], retry: { attempts: 0 } },
    },
    ...options,
  })
  return { ...world, a, b, calls: (model) => a.calls.filter(({ request }) => request.model === model).length }
}

const x = { model: 'x' }
const y = { model: 'y' }
const alone = { model: 'alone' }

/** The first calls fail so, the others answer. */
const failing =
  (count: number, reply: Reply) =>
  (call: ScriptedCall): Reply =>
    call.number <= count ? reply : {}

function circuitEvents({ events }: World): readonly string[] {
  return events.flatMap((event) =>
    event.type.startsWith('circuit-') && 'target' in event ? [`${event.type} ${event.target}`] : [],
  )
}

async function times(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let time = 1; time <= count; time++) await work()
}

describe('failures to reach a provider', () => {
  it('open the circuit of its endpoint, for all its models', async () => {
    const world = cells(failing(5, fails('network')))
    await times(5, () => world.ask(x))
    expect(circuitEvents(world)).toEqual(['circuit-opened a'])
    const answer = await world.ask(y)
    expect(lines(answer)).toEqual(['1 b/m first success'])
    expect(answer.exclusions).toMatchObject([
      {
        target: 'a/y',
        reason: 'circuit-open',
        detail: "its provider's circuit is open for another 3.8 s",
        readyInMs: 3750,
      },
    ])
    expect(world.calls('y')).toBe(0)
  })

  it('add up over its models', async () => {
    const world = cells(failing(5, fails('network')))
    await times(2, () => world.ask(x))
    await times(3, () => world.ask(y))
    expect(circuitEvents(world)).toEqual(['circuit-opened a'])
  })

  it('are no reason while other models of it answer between them', async () => {
    const world = cells(({ request }) => (request.model === 'x' ? fails('network') : {}), {
      circuit: { minimumCalls: 1000 },
    })
    for (let round = 1; round <= 4; round++) {
      await times(4, () => world.ask(x))
      await world.ask(y)
    }
    expect(circuitEvents(world)).toEqual([])
  })

  it('count against the health of the target that was called, and open no circuit of its own', async () => {
    const world = cells(failing(5, fails('network')))
    await times(5, () => world.ask(x))
    const [status] = world.router.status()
    expect(status).toMatchObject({ target: 'a/x', failures: 5, circuit: 'closed', endpoint: 'open', readyInMs: 3750 })
    world.router.reset('a')
    expect((await world.ask(x)).provider).toBe('a')
  })

  it('are over for all its models with the first answer of any, which come back slowly', async () => {
    const world = cells(failing(5, fails('network')))
    await times(5, () => world.ask(x))
    await world.clock.advance(3750)
    expect((await world.ask(y)).provider).toBe('a')
    expect(circuitEvents(world)).toEqual(['circuit-opened a', 'circuit-half-opened a', 'circuit-closed a'])
    const served: string[] = []
    await times(20, async () => served.push((await world.ask(x)).provider))
    expect(served.filter((provider) => provider === 'a')).toHaveLength(2)
    await world.clock.advance(10_000)
    expect((await world.ask(x)).provider).toBe('a')
  })

  it('are neither over nor proven by an answer of the service that something else is wrong', async () => {
    const world = cells(({ number }) => (number <= 5 ? fails('network') : number <= 8 ? fails('server') : {}))
    await times(5, () => world.ask(x))
    await world.clock.advance(3750)
    // More than there are permits: each is handed back.
    await times(3, () => world.ask(y))
    expect(circuitEvents(world)).toEqual(['circuit-opened a', 'circuit-half-opened a'])
    expect((await world.ask(y)).provider).toBe('a')
    expect(circuitEvents(world).at(-1)).toBe('circuit-closed a')
  })

  it('that go on when it is tested keep it open for longer', async () => {
    const world = cells(failing(6, fails('network')))
    await times(5, () => world.ask(x))
    await world.clock.advance(3750)
    await world.ask(y)
    expect((await world.ask(x)).exclusions).toMatchObject([{ readyInMs: 7500 }])
  })

  it('do not shut out the last one there is', async () => {
    const world = cells(failing(5, fails('network')))
    await times(5, () => world.ask(x))
    expect(lines(await world.ask(alone))).toEqual(['1 a/x forced success'])
    expect(circuitEvents(world).at(-1)).toBe('circuit-closed a')
  })

  it('leave the permits of a target free that is half-open itself', async () => {
    const world = cells(({ number }) => (number <= 5 ? fails('server') : number <= 10 ? fails('network') : {}), {
      circuit: { halfOpenPermits: 1, rampUpMs: 0 },
    })
    await times(5, () => world.ask(x))
    await times(5, () => world.ask(y))
    expect(circuitEvents(world)).toEqual(['circuit-opened a/x', 'circuit-opened a'])
    await world.clock.advance(3750)
    expect((await world.ask(x)).provider).toBe('a')
    expect((await world.ask(x)).provider).toBe('a')
    expect((await world.ask(y)).provider).toBe('a')
  })

  it('take no permit of the endpoint where the target itself is shut', async () => {
    const world = cells(({ number }) => (number <= 5 ? fails('network') : {}), {
      circuit: { halfOpenPermits: 1 },
    })
    await times(5, () => world.ask(x))
    await world.clock.advance(3750)
    world.router.isolate('a/x')
    await times(3, async () => expect((await world.ask(x)).provider).toBe('b'))
    expect((await world.ask(y)).provider).toBe('a')
  })
})

describe('failures of a service', () => {
  it.each(['server', 'overloaded', 'timeout', 'malformed', 'truncated', 'empty', 'unknown'] as const)(
    'open the circuit of the one target that was called: %s',
    async (kind) => {
      const world = cells(({ request }) => (request.model === 'x' ? fails(kind) : {}))
      await times(kind === 'unknown' ? 10 : 5, () => world.ask(x))
      expect(circuitEvents(world)).toEqual(['circuit-opened a/x'])
      expect(passedOver(await world.ask(x))).toEqual(['a/x circuit-open after 0'])
      expect((await world.ask(y)).provider).toBe('a')
    },
  )

  it.each(['authentication', 'quota'] as const)(
    'that are of the credentials leave the account alone, and open no circuit: %s',
    async (kind) => {
      const world = cells(failing(1, fails(kind)))
      await world.ask(x)
      expect(passedOver(await world.ask(y))).toEqual(['a/y account-paused after 0'])
      expect(circuitEvents(world)).toEqual([])
    },
  )

  it('that are of the account are forgotten by a reset of the provider, not of its target', async () => {
    const world = cells(failing(1, fails('authentication')))
    await world.ask(x)
    world.router.reset('a/x')
    expect((await world.ask(x)).provider).toBe('b')
    world.router.reset('a')
    expect((await world.ask(x)).provider).toBe('a')
    expect((await world.ask(y)).provider).toBe('a')
  })
})

describe('what an operator shuts', () => {
  it('is called by nobody: a target', async () => {
    const world = cells(() => ({}))
    world.router.isolate('a/x')
    const answer = await world.ask(x)
    expect(answer.provider).toBe('b')
    expect(answer.exclusions).toEqual([
      {
        target: 'a/x',
        stage: 'stage-1',
        reason: 'isolated',
        detail: 'its circuit was isolated by hand',
        afterAttempt: 0,
      },
    ])
    expect((await world.ask(y)).provider).toBe('a')
  })

  it('is called by nobody: a provider with all its models, and those that callers name later', async () => {
    const world = cells(() => ({}))
    world.router.isolate('a')
    expect((await world.ask(x)).exclusions).toMatchObject([
      { reason: 'isolated', detail: "its provider's circuit was isolated by hand" },
    ])
    expect((await world.ask(y)).provider).toBe('b')
    expect(await world.errorOf(world.ask({ model: 'a/new' }))).toMatchObject({ code: 'all-attempts-failed' })
    expect(world.a.calls).toEqual([])
  })

  it.each(['a', 'a/x'])('is called by nobody even where it is the last, nor waited for: %s', async (name) => {
    const world = cells(() => ({}))
    world.router.isolate(name)
    const error = await world.errorOf<RouteFailedError>(world.ask(alone))
    expect(error).toMatchObject({ reason: 'exhausted', attempts: [], exclusions: [{ reason: 'isolated' }] })
    expect(error).not.toHaveProperty('retryAfterMs')
    expect([world.clock.now(), world.clock.pending]).toEqual([0, 0])
  })

  it.each(['a', 'a/x'])('is back at once with a reset, with all its calls: %s', async (name) => {
    const world = cells(() => ({}))
    world.router.isolate(name)
    await world.ask(x)
    world.router.reset(name)
    await times(10, async () => expect((await world.ask(x)).provider).toBe('a'))
    expect(circuitEvents(world)).toEqual([`circuit-isolated ${name}`, `circuit-closed ${name}`])
  })

  it.each(['a', 'a/x'])('stays shut whatever comes of the calls under way, which end as they do: %s', async (name) => {
    const world = cells(({ number }) => ({ delayMs: 100, ...(number === 2 ? fails('network') : {}) }))
    const good = world.router.chat({ ...question, ...x })
    const bad = world.router.chat({ ...question, ...x })
    world.router.isolate(name)
    const answers = await world.clock.run(Promise.all([good, bad]))
    expect(answers.map(({ provider }) => provider)).toEqual(['a', 'b'])
    await world.clock.advance(600_000)
    expect((await world.ask(x)).provider).toBe('b')
    expect(circuitEvents(world)).toEqual([`circuit-isolated ${name}`])
  })

  it.each(['a', 'a/x'])('is not called by who waits for a second try: %s', async (name) => {
    const world = createWorld({ providers: [scripted('a', fails('server'))], routes: { chat: ['a/x'] } })
    world.clock.schedule(100, () => world.router.isolate(name))
    const error = await world.errorOf<RouteFailedError>(world.ask())
    expect(lines(error)).toEqual(['1 a/x first failure server'])
    expect(passedOver(error)).toEqual(['a/x isolated after 1'])
    expect(world.clock.pending).toBe(0)
  })

  it('may have been open or half-open before; a reset forgets that too', async () => {
    const world = cells(failing(5, fails('server')))
    await times(5, () => world.ask(x))
    world.router.isolate('a/x')
    await world.clock.advance(600_000)
    expect((await world.ask(x)).provider).toBe('b')
    world.router.reset('a/x')
    await times(3, async () => expect((await world.ask(x)).provider).toBe('a'))
  })

  it.each(['a/z', 'c', ''])('must be known: %j is not', (name) => {
    const { router } = cells(() => ({}))
    expect(() => router.isolate(name)).toThrow(expect.objectContaining({ code: 'unknown-model' }))
    expect(() => router.reset(name)).toThrow(expect.objectContaining({ code: 'unknown-model' }))
  })
})

describe('streams whose first content is slow', () => {
  const slow: Reply = { delayMs: 10_001 }

  it('open the circuit of their target when most are, though they all succeed', async () => {
    const world = cells(() => slow, { circuit: { windowMs: 600_000 } })
    await times(9, () => world.read(x))
    expect(circuitEvents(world)).toEqual([])
    await world.read(x)
    expect(circuitEvents(world)).toEqual(['circuit-opened a/x'])
    expect((await world.read(x)).at(-1)).toMatchObject({ provider: 'b', exclusions: [{ reason: 'circuit-open' }] })
    expect((await world.read(y)).at(-1)).toMatchObject({ provider: 'a' })
  })

  it.each([
    ['of them are a few less', ({ number }: ScriptedCall): Reply => (number % 3 === 0 ? {} : slow)],
    ['the whole stream is slow, and its first content is not', () => ({ text: ['a', 'b'], pieceDelayMs: 15_000 })],
    ['it takes no longer than it may', () => ({ delayMs: 10_000 })],
  ] as const)('do not where %s', async (_, reply) => {
    const world = cells(reply, { circuit: { windowMs: 600_000 } })
    await times(20, () => world.read(x))
    expect(circuitEvents(world)).toEqual([])
  })

  it('do not count where they are no streams', async () => {
    const world = cells(() => slow, { circuit: { windowMs: 600_000 } })
    await times(20, () => world.ask(x))
    expect(circuitEvents(world)).toEqual([])
  })

  it('do not close it again: a quick one does', async () => {
    const world = cells(({ number }) => (number <= 11 ? slow : {}), { circuit: { windowMs: 600_000 } })
    await times(10, () => world.read(x))
    await world.clock.advance(3750)
    await world.read(x)
    expect(circuitEvents(world).at(-1)).toBe('circuit-half-opened a/x')
    expect((await world.read(x)).at(-1)).toMatchObject({ provider: 'a' })
    expect(circuitEvents(world).at(-1)).toBe('circuit-closed a/x')
  })
})
