import { describe, expect, it } from 'vitest'
import type { ChatRequest, Provider, RouteFailedError, RouteOptions, StreamEvent } from '../src/index.ts'
import type { Limits } from '../src/limit/limits.ts'
import type { RateLimit } from '../src/provider/rate-limit.ts'
import type { ScriptedProvider } from '../src/testing/index.ts'
import { estimateTokens } from '../src/tokens/estimate-tokens.ts'
import type { Replies, World } from './world.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

interface LimitedWorld extends World {
  readonly a: ScriptedProvider
  readonly b: ScriptedProvider
}

/** A route over `a`, which has these limits, and `b`, which has none; and a route over `a` alone. */
function limited(limits: Limits, a: Replies = {}, route: Partial<RouteOptions> = {}): LimitedWorld {
  const [first, second] = [scripted('a', a), scripted('b')]
  const target = { model: 'a/m', ...limits }
  const routes = {
    chat: { stages: [{ targets: [target, 'b/m'] }], ...route },
    alone: { stages: [{ targets: [target] }], ...route },
    plain: ['a/m'],
  }
  return { ...createWorld({ providers: [first, second], routes }), a: first, b: second }
}

/** That nothing is left of calls and waits. */
function expectNothingLeft({ clock, router }: World): void {
  expect(clock.pending).toBe(0)
  expect(router.status().map(({ inFlight }) => inFlight)).not.toContain(1)
}

const usage = (input: number, output: number) => ({
  uncachedInputTokens: input,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: output,
  reasoningTokens: 0,
})

const alone: Partial<ChatRequest> = { model: 'alone' }
const promptTokens = estimateTokens(question)

describe('requests a minute', () => {
  it('are counted; what is over goes to the next target, with the reason and the time', async () => {
    const { ask, clock, a } = limited({ rpm: 2 })
    expect((await ask()).provider).toBe('a')
    await clock.advance(10_000)
    expect((await ask()).provider).toBe('a')
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 b/m first success'])
    expect(answer.exclusions).toMatchObject([
      {
        target: 'a/m',
        reason: 'limit',
        detail: 'its limit of 2 requests a minute is used up',
        readyInMs: 51_000,
        afterAttempt: 0,
      },
    ])
    await clock.advance(50_999)
    expect((await ask()).provider).toBe('b')
    await clock.advance(1)
    expect((await ask()).provider).toBe('a')
    expect(a.calls).toHaveLength(3)
  })

  it('count calls that failed and calls that were left, too', async () => {
    const { ask, router, clock, errorOf, a } = limited({ rpm: 2 }, [fails('server'), { end: 'stall' }, {}])
    await ask()
    const leaving = new AbortController()
    const left = errorOf(router.chat(question, { signal: leaving.signal }))
    await clock.advance(1)
    leaving.abort()
    await left
    expect((await ask()).provider).toBe('b')
    expect(a.calls).toHaveLength(2)
  })

  it('are waited for where nobody else is there and the time fits', async () => {
    const world = limited({ rpm: 1 })
    await world.ask(alone)
    await world.clock.advance(50_000)
    const answer = await world.ask(alone)
    expect(lines(answer)).toEqual(['1 a/m waited success'])
    expect(answer.attempts[0]?.waitedMs).toBe(11_125)
    expect(passedOver(answer)).toEqual(['a/m limit after 0'])
    expectNothingLeft(world)
  })

  it('are not waited for longer than the route allows: the error says when to come back', async () => {
    const { ask, errorOf, clock } = limited({ rpm: 1 })
    await ask(alone)
    await clock.advance(1000)
    const error = await errorOf<RouteFailedError>(ask(alone))
    expect(error).toMatchObject({ reason: 'exhausted', kind: 'rate-limit', retryAfterMs: 60_000, attempts: [] })
    expect(clock.now()).toBe(1000)
  })

  it('hold on every route that names the target, and for callers who name it, from the first call on', async () => {
    for (const model of ['plain', 'a/m']) {
      const { ask, errorOf, a } = limited({ rpm: 2 })
      await ask({ model })
      await ask({ model })
      expect(await errorOf(ask({ model }))).toMatchObject({ kind: 'rate-limit' })
      expect((await ask()).provider).toBe('b')
      expect(a.calls).toHaveLength(2)
    }
  })

  it('hold for a target whose circuit is open, which is not called in spite of its limit', async () => {
    const { ask, errorOf, a, router } = limited({ rpm: 5 }, fails('server'), { retry: { attempts: 0 } })
    for (let request = 1; request <= 5; request++) await errorOf(ask(alone))
    expect(router.status()[0]?.circuit).toBe('open')
    expect(await errorOf(ask(alone))).toMatchObject({ attempts: [], kind: 'rate-limit' })
    expect(a.calls).toHaveLength(5)
  })

  it('are never exceeded, in no minute', async () => {
    const { ask, clock, a } = limited({ rpm: 7 })
    for (let second = 0; second < 600; second++) {
      await ask()
      await clock.advance(second % 3 === 0 ? 2900 : 50)
    }
    const times = a.calls.map(({ at }) => at)
    const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length))
    expect(most).toBe(7)
  })
})

describe('tokens a minute', () => {
  it('are estimated before a call, with all that it may answer', async () => {
    const { ask } = limited({ tpm: promptTokens + 100 })
    const refused = await ask({ maxTokens: 101 })
    expect(refused.provider).toBe('b')
    expect(refused.exclusions).toMatchObject([{ reason: 'limit', detail: expect.stringContaining('it needs') }])
    expect(refused.exclusions[0]).not.toHaveProperty('readyInMs')
    expect((await ask({ maxTokens: 100 })).provider).toBe('a')
  })

  it('are counted as they were once a call is over', async () => {
    const { ask } = limited({ tpm: 1000 }, { usage: usage(50, 50) })
    const providers: string[] = []
    for (let request = 1; request <= 6; request++) providers.push((await ask({ maxTokens: 500 })).provider)
    expect(providers.join('')).toBe('aaaaab')
  })

  it('are counted as they are estimated while a call is under way', async () => {
    const { router, clock } = limited({ tpm: 1000 }, { delayMs: 100, usage: usage(5, 5) })
    const request = { ...question, maxTokens: 500 }
    const answers = await clock.run(Promise.all([1, 2, 3].map(() => router.chat(request))))
    expect(answers.map(({ provider }) => provider)).toEqual(['a', 'b', 'b'])
  })

  it.each([
    ['input tokens', { inputTpm: 200 }, usage(100, 10_000)],
    ['output tokens', { outputTpm: 200 }, usage(10_000, 100)],
  ] as const)('may be limited apart: %s', async (what, limits, used) => {
    const { ask } = limited(limits, { usage: used })
    const request = { maxTokens: 100 }
    expect((await ask(request)).provider).toBe('a')
    expect((await ask(request)).provider).toBe('a')
    const answer = await ask(request)
    expect([answer.provider, answer.exclusions[0]?.detail]).toEqual([
      'b',
      `its limit of 200 ${what} a minute is used up`,
    ])
  })

  it('that a prompt needs more of than there ever are are not waited for, not even behind others', async () => {
    const world = limited({ tpm: 100, concurrency: 1 }, { delayMs: 5000 })
    const first = world.router.chat({ ...question, model: 'alone', maxTokens: 10 })
    const error = await world.errorOf<RouteFailedError>(world.ask({ ...alone, maxTokens: 200 }))
    expect(error).toMatchObject({ reason: 'exhausted', kind: 'rate-limit' })
    expect(world.clock.now()).toBe(0)
    await world.clock.run(first)
    expectNothingLeft(world)
  })

  it('are those of an answer that tells nothing of its usage, as estimated', async () => {
    const told = { ...scripted('a') }
    const silent: Provider = {
      ...told,
      chat: async (request, options) => {
        const { usage: _, ...answer } = await told.chat(request, options)
        return answer
      },
    }
    const { ask } = createWorld({
      providers: [silent, scripted('b')],
      routes: { chat: [{ model: 'a/m', tpm: 1000 }, 'b/m'] },
    })
    const providers: string[] = []
    for (let request = 1; request <= 3; request++) providers.push((await ask({ maxTokens: 450 })).provider)
    expect(providers.join('')).toBe('aab')
  })
})

describe('calls at the same time', () => {
  /** Requests that are sent one after the other, in one moment, and the order in which they are answered. */
  function crowd(world: LimitedWorld, size: number, model = 'alone') {
    const order: number[] = []
    const answers = Array.from({ length: size }, async (_, index) => {
      const answer = await world.router.chat({ ...question, model })
      order.push(index)
      return answer
    })
    return { order, all: Promise.all(answers) }
  }

  it('are let through up to the limit; others wait for their turn, first come, first served', async () => {
    const world = limited({ concurrency: 2 }, { delayMs: 1000 })
    const { order, all } = crowd(world, 6)
    const answers = await world.clock.run(all)
    expect(order).toEqual([0, 1, 2, 3, 4, 5])
    expect(world.a.calls.map(({ at }) => at)).toEqual([0, 0, 1000, 1000, 2000, 2000])
    expect(answers.map(({ attempts }) => [attempts[0]?.reason, attempts[0]?.waitedMs])).toEqual([
      ['first', undefined],
      ['first', undefined],
      ['waited', 1000],
      ['waited', 1000],
      ['waited', 2000],
      ['waited', 2000],
    ])
    expect(answers[5]?.exclusions).toMatchObject([
      { reason: 'limit', detail: 'its limit of 2 calls at the same time is used up' },
    ])
    expectNothingLeft(world)
  })

  it('send on who has somewhere else to go', async () => {
    const world = limited({ concurrency: 1 }, { delayMs: 1000 })
    const { all } = crowd(world, 3, 'chat')
    expect((await world.clock.run(all)).map(({ provider }) => provider)).toEqual(['a', 'b', 'b'])
    expectNothingLeft(world)
  })

  it.each([
    ['fails', fails('content-filter', { status: 400 })],
    ['answers', {}],
    ['is paused for its failure', fails('rate-limit', { retryAfterMs: 500 })],
    ['throws', { fail: { kind: 'unknown' as const } }],
  ])('are passed on when the one before %s', async (_, reply) => {
    const world = limited({ concurrency: 1 }, ({ number }) => ({ delayMs: 1000, ...(number === 1 ? reply : {}) }))
    const first = world.router.chat({ ...question, model: 'alone' }).catch(() => undefined)
    const second = await world.ask(alone)
    expect(second.attempts.at(-1)).toMatchObject({ reason: 'waited', outcome: 'success' })
    await world.clock.run(first)
    expectNothingLeft(world)
  })

  it('are passed on by a caller who leaves, and by a reader who leaves', async () => {
    const world = limited({ concurrency: 1 }, ({ number }) => (number <= 2 ? { text: ['x'], end: 'stall' } : {}))
    const { router, clock, errorOf, ask } = world
    const leaving = new AbortController()
    const left = errorOf(router.chat({ ...question, model: 'alone' }, { signal: leaving.signal }))
    clock.schedule(500, () => leaving.abort('bye'))
    const stream = router.stream({ ...question, model: 'alone' })
    await clock.run(stream.next())
    expect([await left, clock.now()]).toEqual(['bye', 500])
    clock.schedule(500, () => void stream.return?.())
    expect((await ask(alone)).attempts[0]).toMatchObject({ reason: 'waited', waitedMs: 500 })
    expectNothingLeft(world)
  })

  it('are held by a stream until its end, however slowly it is read', async () => {
    const world = limited({ concurrency: 1 }, { text: ['one', 'two'] })
    const { router, clock, ask } = world
    const stream = router.stream({ ...question, model: 'alone' })
    await clock.run(stream.next())
    clock.schedule(3000, () => void stream.next().then(() => stream.next()))
    const answer = await ask(alone)
    expect([answer.attempts[0]?.reason, clock.now()]).toEqual(['waited', 3000])
    expectNothingLeft(world)
  })

  it('are not waited for by one who left the queue', async () => {
    const world = limited({ concurrency: 1 }, { delayMs: 1000 })
    const { router, clock, errorOf } = world
    const leaving = new AbortController()
    const first = router.chat({ ...question, model: 'alone' })
    const second = errorOf(router.chat({ ...question, model: 'alone' }, { signal: leaving.signal }))
    const third = router.chat({ ...question, model: 'alone' })
    clock.schedule(500, () => leaving.abort('bye'))
    expect(await clock.run(second)).toBe('bye')
    expect(clock.now()).toBe(500)
    await clock.run(Promise.all([first, third]))
    expect(world.a.calls.map(({ at }) => at)).toEqual([0, 1000])
    expectNothingLeft(world)
  })

  it('are passed on by one who leaves the queue in the moment of its turn', async () => {
    const world = limited({ concurrency: 1 }, { delayMs: 1000 })
    const { router, clock, errorOf } = world
    const leaving = new AbortController()
    const first = router.chat({ ...question, model: 'alone' }).then(() => leaving.abort('bye'))
    const second = errorOf(router.chat({ ...question, model: 'alone' }, { signal: leaving.signal }))
    const third = router.chat({ ...question, model: 'alone' })
    await clock.run(Promise.all([first, second, third]))
    expect(await second).toBe('bye')
    expectNothingLeft(world)
  })

  it('are waited for no longer than until the deadline', async () => {
    const world = limited({ concurrency: 1 }, { end: 'stall' }, { deadlineMs: 3000 })
    const { router, clock, errorOf } = world
    const first = errorOf(router.chat({ ...question, model: 'plain' }))
    const error = await errorOf<RouteFailedError>(world.ask(alone))
    expect(error).toMatchObject({ reason: 'deadline', kind: 'rate-limit', attempts: [] })
    expect(clock.now()).toBe(3000)
    router.dispose()
    await first
    expectNothingLeft(world)
  })

  it('are waited for no longer than the route allows', async () => {
    const world = limited({ concurrency: 1 }, { end: 'stall' }, { maxWaitMs: 2000 })
    const first = world.errorOf(world.router.chat({ ...question, model: 'plain' }))
    expect(await world.errorOf(world.ask(alone))).toMatchObject({ reason: 'exhausted', kind: 'rate-limit' })
    expect(world.clock.now()).toBe(2000)
    world.router.dispose()
    await first
    expectNothingLeft(world)
  })

  it('are not waited for where the route waits for nobody', async () => {
    const world = limited({ concurrency: 1 }, { delayMs: 1000 }, { maxWaitMs: 0 })
    const first = world.router.chat({ ...question, model: 'alone' })
    expect(await world.errorOf(world.ask(alone))).toMatchObject({ reason: 'exhausted', kind: 'rate-limit' })
    expect(world.clock.now()).toBe(0)
    await world.clock.run(first)
  })

  it('are waited for again by one who was called and found the place gone', async () => {
    // The first call has the target left alone for a second, in which the second request comes to wait; then comes a third.
    const world = limited({ concurrency: 1 }, ({ number }) =>
      number === 1 ? { delayMs: 1000, ...fails('rate-limit', { retryAfterMs: 1000 }) } : { delayMs: 4000 },
    )
    const { router, clock } = world
    const ask = () => router.chat({ ...question, model: 'alone' })
    const first = ask()
    const second = ask()
    await clock.advance(2010)
    const third = ask()
    const answers = await clock.run(Promise.all([first, second, third]))
    expect(answers.map(({ text }) => text)).toEqual(['ok', 'ok', 'ok'])
    const times = world.a.calls.map(({ at }) => at)
    expect(times.slice(1).every((at, index) => index === 0 || at - (times[index] ?? 0) >= 4000)).toBe(true)
    expectNothingLeft(world)
  })

  it('are not waited for any more when the router is disposed of', async () => {
    const world = limited({ concurrency: 1 }, { end: 'stall' })
    const requests = [1, 2, 3].map(() => world.errorOf(world.router.chat({ ...question, model: 'alone' })))
    await world.clock.advance(1000)
    world.router.dispose()
    expect(await Promise.all(requests)).toMatchObject([
      { code: 'disposed' },
      { code: 'disposed' },
      { code: 'disposed' },
    ])
    expect(world.a.calls).toHaveLength(1)
    expectNothingLeft(world)
  })

  it('hold for a crowd whose calls fail, are left and are slow: never too many, and everybody is served or told', async () => {
    let inFlight = 0
    let most = 0
    const inner = scripted('a', ({ number }) => ({
      delayMs: 100 * ((number % 7) + 1),
      ...(number % 5 === 0 ? fails('server') : number % 11 === 0 ? fails('rate-limit', { retryAfterMs: 300 }) : {}),
    }))
    const counting: Provider = {
      ...inner,
      chat: (request, options) => {
        most = Math.max(most, ++inFlight)
        let isOver = false
        const end = (): void => {
          if (!isOver) inFlight--
          isOver = true
        }
        options?.signal?.addEventListener('abort', end)
        return inner.chat(request, options).finally(end)
      },
    }
    const world = createWorld({
      providers: [counting],
      routes: { chat: { stages: [{ targets: [{ model: 'a/m', concurrency: 3 }] }], retry: { attempts: 1 } } },
      circuit: { minimumCalls: 1000, consecutiveFailures: 1000 },
    })
    const outcomes = Array.from({ length: 60 }, async (_, index) => {
      const leaving = new AbortController()
      if (index % 6 === 0) world.clock.schedule(index * 50, () => leaving.abort('bye'))
      return world.router.chat(question, { signal: leaving.signal }).then(
        () => 'served',
        (error: unknown) => (error === 'bye' ? 'left' : (error as RouteFailedError).code),
      )
    })
    const all = await world.clock.run(Promise.all(outcomes))
    expect(all).toHaveLength(60)
    expect(all.filter((outcome) => outcome === 'served').length).toBeGreaterThan(40)
    expect(most).toBe(3)
    expectNothingLeft(world)
  })
})

describe('limits that answers tell of', () => {
  /** A provider whose answers tell of its limits, one after the other, and then nothing more. */
  function telling(id: string, told: readonly (readonly RateLimit[] | undefined)[]): ScriptedProvider {
    const inner = scripted(id)
    return {
      ...inner,
      chat: async (request, options) => {
        const answer = await inner.chat(request, options)
        const rateLimits = told[inner.calls.length - 1]
        return rateLimits === undefined ? answer : { ...answer, rateLimits }
      },
    }
  }

  /** A route that needs all the parts, so that the first answer is learned from. */
  const route = (...targets: string[]) => ({ stages: [{ targets: targets.map((model) => ({ model })) }] })

  it('keep a target from being called that would refuse, before it does', async () => {
    const a = telling('a', [[{ counts: 'requests', limit: 10, remaining: 0, resetsInMs: 30_000 }]])
    const { ask, clock } = createWorld({ providers: [a, scripted('b')], routes: { chat: route('a/m', 'b/m') } })
    expect((await ask()).provider).toBe('a')
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 b/m first success'])
    expect(answer.exclusions).toMatchObject([
      { target: 'a/m', reason: 'limit', detail: 'its service has too few requests left for it' },
    ])
    const { readyInMs = 0 } = answer.exclusions[0] ?? {}
    expect(readyInMs).toBeLessThanOrEqual(30_000)
    await clock.advance(readyInMs)
    expect((await ask()).provider).toBe('a')
    expect(a.calls).toHaveLength(2)
  })

  it('count what was sent since', async () => {
    const a = telling('a', [[{ counts: 'requests', limit: 100, remaining: 3, resetsInMs: 60_000 }]])
    const { ask } = createWorld({ providers: [a, scripted('b')], routes: { chat: route('a/m', 'b/m') } })
    const providers: string[] = []
    for (let request = 1; request <= 6; request++) providers.push((await ask()).provider)
    expect(providers.join('')).toBe('aaaabb')
  })

  it('may be of tokens', async () => {
    const a = telling('a', [[{ counts: 'tokens', limit: 10_000, remaining: 600, resetsInMs: 60_000 }]])
    const { ask } = createWorld({ providers: [a, scripted('b')], routes: { chat: route('a/m', 'b/m') } })
    await ask()
    expect((await ask({ maxTokens: 5000 })).provider).toBe('b')
    expect((await ask({ maxTokens: 100 })).provider).toBe('a')
  })

  it('are learned from streams as well', async () => {
    const finish: StreamEvent = {
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'stop' },
      warnings: [],
      model: 'm',
      provider: 'a',
      rateLimits: [{ counts: 'requests', limit: 10, remaining: 0, resetsInMs: 30_000 }],
    }
    const a = scripted('a', { events: [{ type: 'text-delta', text: 'x' }, finish] })
    const { read } = createWorld({ providers: [a, scripted('b')], routes: { chat: route('a/m', 'b/m') } })
    expect((await read()).at(-1)).toMatchObject({ provider: 'a' })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', exclusions: [{ reason: 'limit' }] })
  })

  it('are learned on a plain route too, from the second answer at the latest', async () => {
    const told: readonly RateLimit[] = [{ counts: 'requests', limit: 10, remaining: 0, resetsInMs: 30_000 }]
    const a = telling('a', [told, told])
    const { ask } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const providers: string[] = []
    for (let request = 1; request <= 3; request++) providers.push((await ask()).provider)
    expect(providers.at(-1)).toBe('b')
  })

  it('are sat out by whoever has nobody else, as long as the route allows', async () => {
    const a = telling('a', [[{ counts: 'requests', remaining: 0, resetsInMs: 5000 }]])
    const world = createWorld({ providers: [a], routes: { chat: route('a/m') } })
    await world.ask()
    expect(lines(await world.ask())).toEqual(['1 a/m waited success'])
    expect(world.clock.now()).toBeGreaterThanOrEqual(5000)
    expectNothingLeft(world)
  })

  it.each([
    ['null', null],
    ['no list', {}],
    ['a list of nothing', [null]],
    ['numbers that are none', [{ counts: 'requests', limit: Number.NaN, remaining: Number.NaN }]],
    ['what nobody counts', [{ counts: 'bananas', limit: 1, remaining: 0, resetsInMs: 1000 }]],
    ['negative numbers', [{ counts: 'requests', limit: -1, remaining: -5, resetsInMs: -1 }]],
  ])('do no harm where a provider makes them up: %s', async (_, rateLimits) => {
    const a = telling('a', [rateLimits as unknown as readonly RateLimit[]])
    const world = createWorld({ providers: [a, scripted('b')], routes: { chat: route('a/m', 'b/m') } })
    expect((await world.ask()).provider).toBe('a')
    expect((await world.ask()).provider).toBe('a')
    expectNothingLeft(world)
  })

  it.each([
    ['null', null],
    ['nothing', {}],
    ['no numbers', { uncachedInputTokens: 'many', outputTextTokens: Number.NaN }],
  ])('nor does a usage that is none: %s', async (_, odd) => {
    const inner = scripted('a')
    const a: Provider = {
      ...inner,
      chat: async (request, options) => ({ ...(await inner.chat(request, options)), usage: odd as never }),
    }
    const world = createWorld({
      providers: [a],
      routes: { chat: [{ model: 'a/m', tpm: 10_000, concurrency: 1 }] },
    })
    expect((await world.ask()).text).toBe('ok')
    expect((await world.ask()).text).toBe('ok')
    expectNothingLeft(world)
  })

  it('nor does an answer that throws when it is looked at: the request ends', async () => {
    const inner = scripted('a')
    const a: Provider = {
      ...inner,
      chat: async (request, options) => {
        const answer = await inner.chat(request, options)
        return Object.defineProperty({ ...answer }, 'requestId', {
          enumerable: true,
          get: () => {
            throw new RangeError('not today')
          },
        })
      },
    }
    const world = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    expect(await world.errorOf(world.ask())).toBeInstanceOf(RangeError)
    expectNothingLeft(world)
  })
})
