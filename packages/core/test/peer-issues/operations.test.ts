import { describe, expect, it } from 'vitest'
import type { Ledger, Provider, RouterEvent, RouterOptions } from '../../src/index.ts'
import '../../src/router/share.ts'
import type { Store } from '../../src/store.ts'
import { plugin } from '../plugin.ts'
import { createWorld, fails, lines, question, scripted } from '../world.ts'
import type { Replies } from '../world.ts'
import { overTwo } from './over-two.ts'

/** What went wrong in the running of others: each test is named by the project and its issue. */

function spent(uncachedInputTokens: number) {
  return { uncachedInputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 1, reasoningTokens: 0 }
}

describe('a router that runs for long', () => {
  it('litellm 12685: leaves nothing behind of requests, however they ended', async () => {
    const a = scripted('a', ({ number }) => {
      const replies = [
        {},
        fails('server'),
        { end: 'stall' },
        { end: 'cut' },
        { text: ['x', 'y'], pieceDelayMs: 50 },
      ] as const
      return replies[number % 5] ?? {}
    })
    const { router, clock, errorOf } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: ['a/m', 'b/m'], alone: ['b/m'] },
    })
    for (let round = 1; round <= 200; round++) {
      const leaving = new AbortController()
      const asked = router.chat(question, { signal: leaving.signal }).catch(() => 'left')
      const stream = router.stream(question)
      const read = stream.next().then(
        () => stream.return?.(),
        () => undefined,
      )
      await clock.advance(round % 3 === 0 ? 1 : 100)
      leaving.abort()
      await clock.run(Promise.all([asked, read]))
    }
    expect(router.status().map(({ inFlight }) => inFlight)).toEqual([0, 0])
    expect(clock.pending).toBe(0)
    router.dispose()
    expect(await errorOf(router.chat(question))).toMatchObject({ code: 'disposed' })
    expect(clock.pending).toBe(0)
  })

  it('litellm 6404: forgets targets that callers name, but not those of its routes', async () => {
    const { ask, router } = createWorld({ providers: [scripted('a')], routes: { chat: ['a/m'] } })
    for (let model = 1; model <= 1500; model++) await ask({ model: `a/${model}` })
    expect(router.status()).toHaveLength(1 + 1000)
    expect(router.status().map(({ target }) => target)).toEqual(expect.arrayContaining(['a/m', 'a/1500', 'a/501']))
  })

  it('Skyvern 4678: shares no listener and no state with another router of the same process', async () => {
    const told: [string, RouterEvent][] = []
    const [one, two] = ['one', 'two'].map((name) =>
      createWorld({
        providers: [scripted('a', fails('server')), scripted('b')],
        routes: { chat: ['a/m', 'b/m'] },
        onEvent: (event) => told.push([name, event]),
      }),
    )
    for (let request = 1; request <= 5; request++) await one?.ask()
    expect(new Set(told.map(([name]) => name))).toEqual(new Set(['one']))
    expect(one?.router.status()[0]).toMatchObject({ circuit: 'open' })
    expect(two?.router.status()[0]).toMatchObject({ circuit: 'closed', failures: 0 })
    one?.router.dispose()
    expect((await two?.ask())?.provider).toBe('b')
  })

  it('litellm 15128: tells a listener nothing any more once it has unsubscribed', async () => {
    const { ask, router } = overTwo({})
    const told: string[] = []
    const stops = Array.from({ length: 100 }, () => router.onEvent(({ type }) => told.push(type)))
    for (const stop of stops.slice(1)) stop()
    await ask()
    expect(told.filter((type) => type === 'request-succeeded')).toHaveLength(1)
    stops[0]?.()
    await ask()
    expect(told.filter((type) => type === 'request-succeeded')).toHaveLength(1)
  })

  it('litellm 13668: makes no call for the sake of health, neither idle nor busy', async () => {
    const a = scripted('a')
    let probes = 0
    const metered: Provider = {
      ...a,
      health: {
        cost: 'metered',
        probe: () => {
          probes++
          return Promise.resolve()
        },
      },
    }
    const { ask, clock } = createWorld({ providers: [metered], routes: { chat: ['a/m'] } })
    for (let hour = 1; hour <= 24; hour++) {
      if (hour % 4 === 0) await ask()
      await clock.advance(3_600_000)
    }
    expect([a.calls.length, probes]).toEqual([6, 0])
  })

  it('token.js 75: makes no provider that no request asked for', async () => {
    const [a, b, c] = [plugin({ id: 'a' }), plugin({ id: 'b' }), plugin({ id: 'c' })]
    const { ask, router } = createWorld({ providers: [a, b, c], routes: { chat: ['a/m', 'b/m'] } })
    router.status()
    expect([a.made.length, b.made.length, c.made.length]).toEqual([0, 0, 0])
    await ask()
    await ask()
    expect([a.made.length, b.made.length, c.made.length]).toEqual([1, 0, 0])
  })
})

describe('a local model that is loading', () => {
  it('ollama 4131: is no outage: it is asked again until it is there, and counts as healthy', async () => {
    const a = scripted('a', ({ at }) => (at < 10_000 ? fails('warming', { status: 503, retryAfterMs: 3000 }) : {}))
    const { ask, router, clock } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    while (clock.now() < 10_000) await ask().catch(() => undefined)
    expect(a.calls.length).toBeLessThan(10)
    expect((await ask()).provider).toBe('a')
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', status: 'healthy', failures: 0 })
  })

  it('cline 12839: is served for by others meanwhile', async () => {
    const { ask, clock } = overTwo([fails('warming', { retryAfterMs: 5000 }), { text: ['from a'] }])
    expect([(await ask()).text, (await ask()).text]).toEqual(['from b', 'from b'])
    await clock.advance(5000)
    expect((await ask()).text).toBe('from a')
  })
})

describe('a local model that is loading', () => {
  it('navidrome 34: goes on loading when its call took too long, serves when it is there, and others do until then', async () => {
    const a = scripted('a', ({ at }) => ({ text: ['from a'], delayMs: Math.max(0, 40_000 - at) }))
    const local: Provider = { ...a, warmUp: { warmUp: () => Promise.resolve() } }
    const { read, clock, router } = createWorld({
      providers: [local, scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', attempts: [{ kind: 'warming' }, {}] })
    expect(clock.now()).toBe(15_000)
    await clock.advance(24_000)
    expect(a.calls.map(({ aborted }) => aborted)).toEqual([false])
    await clock.advance(60_000)
    expect((await read()).at(-1)).toMatchObject({ provider: 'a' })
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', failures: 0, inFlight: 0 })
  })
})

describe('a limit', () => {
  const nearlyOut: Provider = (() => {
    const a = scripted('a')
    const rateLimits = [{ counts: 'requests', limit: 100, remaining: 0, resetsInMs: 30_000 }] as const
    return { ...a, chat: async (request, options) => ({ ...(await a.chat(request, options)), rateLimits }) }
  })()

  it('OmniRoute 4907: that answers tell of is kept to before the service has to say 429', async () => {
    const { ask, router } = createWorld({ providers: [nearlyOut, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    await ask({ temperature: 0 })
    const answer = await ask()
    expect(answer).toMatchObject({ provider: 'b', exclusions: [{ target: 'a/m', reason: 'limit' }] })
    expect(router.status()[0]).toMatchObject({ failures: 0, successes: 1 })
  })

  it('curator 239: of input tokens is apart from that of output tokens', async () => {
    const a = scripted('a', ({ number }) => ({
      usage: number === 1 ? spent(1900) : { ...spent(10), outputTextTokens: 60_000 },
    }))
    const { ask } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: [{ model: 'a/m', inputTpm: 2000, outputTpm: 100_000 }, 'b/m'] },
    })
    const messages = [{ role: 'user', content: 'many words '.repeat(500) }] as const
    const limited = { provider: 'b', exclusions: [{ target: 'a/m', reason: 'limit' }] }
    expect((await ask({ messages })).provider).toBe('a')
    expect(await ask({ messages })).toMatchObject(limited)
    expect((await ask({ maxTokens: 60_000 })).provider).toBe('a')
    expect(await ask({ maxTokens: 60_000 })).toMatchObject(limited)
    expect((await ask({ maxTokens: 30_000 })).provider).toBe('a')
  })
})

describe('usage', () => {
  it('conductai 1562: belongs to the target that had it, the failed one as well as the one that served', async () => {
    const { read } = createWorld({
      providers: [
        scripted('a', { events: [{ type: 'usage', usage: spent(700) }], ...fails('server') }),
        scripted('b', { usage: spent(900) }),
      ],
      routes: { chat: ['a/m', 'b/m'] },
    })
    const end = (await read()).at(-1)
    expect(end).toMatchObject({
      usage: spent(900),
      attempts: [
        { target: 'a/m', usage: spent(700) },
        { target: 'b/m', usage: spent(900) },
      ],
    })
    expect(lines(end as Parameters<typeof lines>[0])).toHaveLength(2)
  })
})

describe('a prompt cache', () => {
  const ids = ['a', 'b', 'c', 'd']
  const over = (replies: Replies = {}) => {
    const providers = ids.map((id) => scripted(id, replies))
    const targets = ids.map((id) => `${id}/m`)
    const stages = [{ strategy: { name: 'sticky', by: 'session' } as const, targets }]
    return { providers, ...createWorld({ providers, routes: { chat: { stages } } }) }
  }
  const of = (session: string) => ({ ...question, metadata: { session } })

  it('vis 154: stays warm: a session stays with its target, and sessions spread over all', async () => {
    const { ask } = over()
    const served = new Map<string, string[]>()
    for (let turn = 1; turn <= 10; turn++) {
      for (let session = 1; session <= 40; session++) {
        const { provider } = await ask(of(`s${session}`))
        served.set(`s${session}`, [...(served.get(`s${session}`) ?? []), provider])
      }
    }
    expect([...served.values()].map((each) => new Set(each).size)).toEqual(Array(40).fill(1))
    expect(new Set([...served.values()].flat())).toEqual(new Set(ids))
  })

  it('hermes-agent 71576: is lost once by an outage, not twice: the session stays where it went', async () => {
    let down: string | undefined
    const providers = ids.map((id) => scripted(id, () => (down === id ? fails('quota') : {})))
    const stages = [{ strategy: { name: 'sticky', by: 'session' } as const, targets: ids.map((id) => `${id}/m`) }]
    const { ask, clock } = createWorld({ providers, routes: { chat: { stages } } })
    const home = (await ask(of('one'))).provider
    down = home
    const refuge = (await ask(of('one'))).provider
    expect(refuge).not.toBe(home)
    await ask(of('one'))
    down = undefined
    await clock.advance(120_000)
    const afterwards = [await ask(of('one')), await ask(of('one'))].map(({ provider }) => provider)
    expect(afterwards).toEqual([refuge, refuge])
    await clock.advance(300_001)
    expect((await ask(of('one'))).provider).toBe(home)
  })

  it('codex-lb 172: ties nobody to a target that is overrun', async () => {
    const { providers, ask, router, clock } = over(({ number }) => (number === 1 ? {} : { delayMs: 1000 }))
    const home = (await ask(of('one'))).provider
    const herd = Promise.all(Array.from({ length: 60 }, () => router.chat(of('one'))))
    await clock.advance(0)
    expect(Math.max(...router.status().map(({ inFlight }) => inFlight))).toBeLessThan(40)
    await clock.run(herd)
    expect(new Set(providers.filter(({ calls }) => calls.length > 5).map(({ id }) => id))).toContain(home)
    expect(providers.filter(({ calls }) => calls.length > 5).length).toBeGreaterThan(1)
  })
})

describe('a hedge', () => {
  const prices: NonNullable<RouterOptions['prices']> = {
    priceOf: () => ({ inputPerMillion: 1_000_000, outputPerMillion: 0 }),
  }

  it('model-hotel 259: is sent when the first is slow, its loser is let go of, and what that cost is on the ledger', async () => {
    const [a, b] = [scripted('a', { delayMs: 9000 }), scripted('b')]
    const targets = ['a/m', 'b/m']
    const { read, router } = createWorld({
      providers: [a, b],
      prices,
      routes: { chat: { stages: [{ targets }], hedge: { afterMs: 500, maxShare: 1 } } },
    })
    const end = (await read()).at(-1)
    expect(end).toMatchObject({
      provider: 'b',
      attempts: [
        { target: 'a/m', reason: 'first', outcome: 'outraced', durationMs: 500 },
        { target: 'b/m', reason: 'hedge', outcome: 'success', startMs: 500 },
      ],
    })
    const [lost] = (end as Ledger).attempts
    expect(lost?.costUsd).toBeGreaterThan(0)
    expect((end as Ledger).costUsd).toBeGreaterThan(lost?.costUsd ?? Infinity)
    expect(a.calls.map(({ aborted }) => aborted)).toEqual([true])
    expect(router.status()[0]).toMatchObject({ inFlight: 0, failures: 0 })
  })

  it('model-hotel 259: and neither call goes on when the caller leaves', async () => {
    const providers = [scripted('a', { end: 'stall' }), scripted('b', { end: 'stall' })]
    const stages = [{ targets: ['a/m', 'b/m'] }]
    const { ask, errorOf, clock, router } = createWorld({
      providers,
      routes: { chat: { stages, hedge: { afterMs: 500, maxShare: 1 } } },
    })
    const leaving = new AbortController()
    clock.schedule(1000, () => leaving.abort('left'))
    expect(await errorOf(ask({}, { signal: leaving.signal }))).toBe('left')
    expect(providers.map(({ calls }) => calls.map(({ aborted }) => aborted))).toEqual([[true], [true]])
    expect([clock.pending, ...router.status().map(({ inFlight }) => inFlight)]).toEqual([0, 0, 0])
  })
})

describe('cost', () => {
  it('litellm 9812: of cached tokens is theirs, each token counted once', async () => {
    const usage = {
      uncachedInputTokens: 1000,
      cacheReadTokens: 10_000,
      cacheWriteTokens: 2000,
      outputTextTokens: 100,
      reasoningTokens: 50,
    }
    const price = { inputPerMillion: 3, outputPerMillion: 15, cacheReadPerMillion: 0.3, cacheWritePerMillion: 3.75 }
    const { ask } = createWorld({
      providers: [scripted('a', { usage })],
      routes: { chat: ['a/m'] },
      prices: { priceOf: () => price },
    })
    expect((await ask()).costUsd).toBeCloseTo(0.003 + 0.003 + 0.0075 + 0.00225, 12)
  })

  it('litellm 42663: that is not known is not nothing', async () => {
    const { ask } = createWorld({
      providers: [scripted('a')],
      routes: { chat: ['a/m'] },
      prices: { priceOf: () => undefined },
    })
    const answer = await ask()
    expect(answer).not.toHaveProperty('costUsd')
    expect(answer.attempts[0]).not.toHaveProperty('costUsd')
  })
})

describe('a reload', () => {
  const providers = ['a', 'b'].map((id) => scripted(id, id === 'a' ? fails('server') : {}))

  it('PraisonAI 5144: that is refused changes nothing: the last good configuration serves on', async () => {
    const { ask, router, errorOf } = createWorld({ providers, routes: { chat: ['b/m'] } })
    expect(
      await errorOf(attempt(() => router.reload({ providers, routes: { chat: ['b/m'], new: ['nobody/m'] } }))),
    ).toMatchObject({
      code: 'invalid-config',
    })
    expect((await ask()).provider).toBe('b')
    expect(await errorOf(ask({ model: 'new' }))).toMatchObject({ code: 'unknown-model' })
  })

  it('PraisonAI 3378: that is taken has an effect on the next request', async () => {
    const { ask, router } = createWorld({ providers, routes: { chat: ['a/m', 'b/m'] } })
    expect((await ask()).attempts).toHaveLength(2)
    router.reload({ providers, routes: { chat: ['b/m'] } })
    expect(lines(await ask())).toEqual(['1 b/m first success'])
  })

  it('neurolink 1196: leaves requests that are running theirs, and carries over what is known of targets', async () => {
    const slow = [scripted('a', fails('rate-limit', { retryAfterMs: 60_000 })), scripted('b', { delayMs: 1000 })]
    const { ask, router, clock } = createWorld({ providers: slow, routes: { chat: ['a/m', 'b/m'] } })
    const running = router.chat(question)
    await clock.advance(500)
    router.reload({ providers: slow, routes: { chat: ['a/m', 'b/other'] } })
    expect((await clock.run(running)).model).toBe('m')
    const answer = await ask()
    expect(answer).toMatchObject({ model: 'other', exclusions: [{ target: 'a/m', reason: 'paused' }] })
  })
})

async function attempt(run: () => unknown): Promise<unknown> {
  return run()
}

describe('a shared store', () => {
  const never = () => new Promise<never>(() => undefined)
  const gone = () => Promise.reject(new Error('connection refused'))

  it.each([
    ['litellm 35273: that hangs', never],
    ['litellm 40620: that is gone', gone],
  ])('%s costs requests no time, and nobody its circuits', async (_, answer) => {
    const asked: string[] = []
    const operation = (name: string) => (key: string) => {
      asked.push(`${name} ${key}`)
      return answer()
    }
    const store: Store = {
      get: operation('get'),
      set: operation('set'),
      add: operation('add'),
      watch: () => () => undefined,
    }
    const { ask, router, clock } = createWorld({
      providers: [scripted('a', fails('server')), scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
      store,
    })
    await clock.advance(1)
    for (let request = 1; request <= 20; request++) expect((await ask()).provider).toBe('b')
    expect(router.status()[0]).toMatchObject({ circuit: 'open', failures: 5 })
    expect(asked).toContainEqual(expect.stringMatching(/^get .*a\/m/))
    expect(clock.now()).toBe(1)
    router.dispose()
    await clock.advance(1000)
    expect(clock.pending).toBe(0)
  })
})
