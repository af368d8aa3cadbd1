import { describe, expect, it } from 'vitest'
import type { Provider, RouteFailedError, RouterOptions, Strategy } from '../src/index.ts'
import { createKeyPool } from '../src/provider.ts'
import type { ApiKey, KeyPool } from '../src/provider.ts'
import { createMemoryStore } from '../src/store.ts'
import type { ScriptedCall, ScriptedProvider } from '../src/testing/index.ts'
import { plugin } from './plugin.ts'
import type { Replies, World } from './world.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

interface PooledWorld extends World {
  readonly pool: KeyPool
  readonly a: ScriptedProvider
  /** The fingerprint of a key. */
  readonly of: (key: string) => string
  /** The keys by which `a` was called, in order. */
  readonly used: () => readonly (string | undefined)[]
}

/** What `a` answers, by the key of the call. */
function byKey(answers: Readonly<Record<string, Replies>>, other: Replies = {}): Replies {
  const replies = new Map(Object.entries(answers).map(([key, reply]) => [fingerprint(key), reply]))
  return (call: ScriptedCall) => {
    const reply = replies.get(call.key ?? '') ?? other
    return (typeof reply === 'function' ? reply(call) : reply) as never
  }
}

function fingerprint(key: string): string {
  return createKeyPool([key]).fingerprints[0] ?? ''
}

/** A route over `a`, which has these keys, and `b`. */
function pooled(apiKey: ApiKey, replies: Replies = {}, options: Partial<RouterOptions> = {}): PooledWorld {
  const a = scripted('a', replies)
  const pool = createKeyPool(apiKey)
  const world = createWorld({
    providers: [plugin({ id: 'a' }, { keys: pool, create: () => a }), scripted('b')],
    routes: { chat: ['a/m', 'b/m'], alone: ['a/m'], other: ['a/other'] },
    ...options,
  })
  const keys = ['first-key', 'second-key', 'third-key']
  const names = new Map(keys.map((key) => [fingerprint(key), key]))
  const used = () => a.calls.map(({ key }) => names.get(key ?? '') ?? key)
  return { ...world, pool, a, of: fingerprint, used }
}

describe('a provider with several keys', () => {
  it('is called by each of them in turn, and the ledger tells by which', async () => {
    const { ask, used, of } = pooled(['first-key', 'second-key', 'third-key'])
    const answers = [await ask(), await ask(), await ask(), await ask()]
    expect(used()).toEqual(['first-key', 'second-key', 'third-key', 'first-key'])
    expect(answers.map(({ attempts }) => attempts[0]?.key)).toEqual(
      ['first-key', 'second-key', 'third-key', 'first-key'].map(of),
    )
  })

  it.each(['rate-limit', 'quota', 'authentication', 'permission'] as const)(
    'is called by the next key at once where one fails with %s, and not by that one for a while',
    async (kind) => {
      const { ask, used, clock } = pooled(['first-key', 'second-key'], byKey({ 'first-key': fails(kind) }))
      expect(lines(await ask())).toEqual([`1 a/m first failure ${kind}`, '2 a/m next-key success'])
      await ask()
      await ask()
      expect(used()).toEqual(['first-key', 'second-key', 'second-key', 'second-key'])
      expect(clock.pending).toBe(0)
    },
  )

  it('takes a key in again once its time is over', async () => {
    const script = byKey({
      'first-key': ({ number }) => (number === 1 ? fails('rate-limit', { retryAfterMs: 5000 }) : {}),
    })
    const { ask, used, clock } = pooled(['first-key', 'second-key'], script)
    await ask()
    await clock.advance(5000)
    await ask()
    await ask()
    expect(used()).toEqual(['first-key', 'second-key', 'first-key', 'second-key'])
  })

  it('leaves a revoked key alone for all its models, and a throttled one for that model alone', async () => {
    const script = byKey({ 'first-key': fails('authentication') })
    const revoked = pooled(['first-key', 'second-key'], script)
    await revoked.ask()
    await revoked.ask({ model: 'other' })
    await revoked.ask({ model: 'other' })
    expect(revoked.used().slice(2)).toEqual(['second-key', 'second-key'])

    const throttled = pooled(['first-key', 'second-key'], byKey({ 'first-key': fails('rate-limit') }))
    await throttled.ask()
    await throttled.ask({ model: 'other' })
    expect(throttled.used().slice(2)).toEqual(['first-key', 'second-key'])
  })

  it('goes to the next target when no key is left, and says why', async () => {
    const { ask } = pooled(['first-key', 'second-key'], fails('rate-limit', { retryAfterMs: 30_000 }))
    expect(lines(await ask())).toEqual([
      '1 a/m first failure rate-limit',
      '2 a/m next-key failure rate-limit',
      '3 b/m next-target success',
    ])
    const answer = await ask()
    expect(passedOver(answer)).toEqual(['a/m paused after 0'])
    expect(answer.exclusions[0]).toMatchObject({
      detail: 'none of its 2 keys can be used; of the first to be ready: left alone for another 30 s after rate-limit',
      readyInMs: 30_000,
    })
  })

  it('waits for the key that is ready first, where nobody else is left', async () => {
    const retryAfterMs: Record<string, number> = { [fingerprint('first-key')]: 9000, [fingerprint('second-key')]: 3000 }
    const throttled: Replies = ({ number, key = '' }) =>
      number > 2 ? {} : fails('rate-limit', { retryAfterMs: retryAfterMs[key] ?? 0 })
    const { ask, used } = pooled(['first-key', 'second-key'], throttled)
    const answer = await ask({ model: 'alone' })
    expect(lines(answer).at(-1)).toBe('3 a/m waited success')
    expect(answer.latencyMs).toBe(3125)
    expect(used()).toEqual(['first-key', 'second-key', 'second-key'])
  })

  it('tells the soonest of its keys as Retry-After', async () => {
    const waits = [90_000, 40_000]
    const throttled: Replies = ({ number }) => fails('rate-limit', { retryAfterMs: waits[number - 1] ?? 0 })
    const { router, clock, errorOf } = pooled(['first-key', 'second-key'], throttled)
    const error = await clock.run(errorOf<RouteFailedError>(router.chat({ ...question, model: 'alone' })))
    expect(error).toMatchObject({ kind: 'rate-limit', retryAfterMs: 40_000 })
    expect(error.attempts).toHaveLength(2)
  })

  it('does not try another key where the failure is the service’s own', async () => {
    const { ask } = pooled(['first-key', 'second-key'], fails('server'))
    expect(lines(await ask())).toEqual(['1 a/m first failure server', '2 b/m next-target success'])
  })

  it('counts failures of the service in one circuit, whichever key was used', async () => {
    const { ask, router } = pooled(['first-key', 'second-key'], fails('server'))
    for (let request = 0; request < 5; request++) await ask()
    expect(router.status()[0]).toMatchObject({ circuit: 'open', failures: 5 })
  })

  it('is told of to its strategy as itself, by whichever key it is forced', async () => {
    const known = new Set<unknown>()
    const strangers: unknown[] = []
    const strategy: Strategy = {
      name: 'own',
      order(candidates) {
        for (const candidate of candidates) known.add(candidate)
        return candidates
      },
      chosen: (candidate) => void (known.has(candidate) || strangers.push(candidate)),
    }
    const routes = { chat: { stages: [{ targets: ['a/m', 'a/other'], strategy }], retry: { attempts: 0 } } }
    const { router, clock, errorOf } = pooled(['first-key', 'second-key'], fails('server'), { routes })
    const ask = () => clock.run(errorOf<RouteFailedError>(router.chat(question)))
    for (let request = 0; request < 5; request++) await ask()
    const { attempts } = await ask()
    expect(attempts[0]?.reason).toBe('forced')
    expect(strangers).toEqual([])
  })

  it('keeps within the attempts of a request', async () => {
    const keys = Array.from({ length: 20 }, (_, at) => `key-${at}`)
    const { router, clock, errorOf, a } = pooled(keys, fails('quota'))
    await clock.run(errorOf(router.chat({ ...question, model: 'alone' })))
    expect(a.calls).toHaveLength(6)
  })

  it('leaves a call for the last resort', async () => {
    const keys = Array.from({ length: 20 }, (_, at) => `key-${at}`)
    const { ask } = pooled(keys, fails('quota'), {
      routes: { chat: { stages: [{ targets: ['a/m'] }, { targets: ['b/m'] }] } },
    })
    expect(lines(await ask()).at(-1)).toBe('6 b/m next-stage success')
  })

  it('streams by the next key too', async () => {
    const { read, used } = pooled(['first-key', 'second-key'], byKey({ 'first-key': fails('authentication') }))
    expect(await read()).toMatchObject([
      { type: 'attempt-failed', attempt: { kind: 'authentication' } },
      { type: 'text-delta' },
      { type: 'finish' },
    ])
    expect(used()).toEqual(['first-key', 'second-key'])
  })
})

describe('several keys, none of which', () => {
  const single = { alone: { stages: [{ targets: ['a/m'] }], retry: { attempts: 0 } } }

  it('is called more often than the others while every circuit is open', async () => {
    const { router, clock, errorOf, a } = pooled(['first-key', 'second-key', 'third-key'], fails('server'), {
      routes: single,
    })
    for (let request = 0; request < 35; request++) {
      await clock.run(errorOf(router.chat({ ...question, model: 'alone' })))
    }
    const calls = new Map<string | undefined, number>()
    for (const { key } of a.calls) calls.set(key, (calls.get(key) ?? 0) + 1)
    expect([...calls.values()].toSorted((x, y) => x - y)).toEqual([11, 12, 12])
  })

  it('answers use up the calls that another target of the stage could have', async () => {
    const keys = Array.from({ length: 9 }, (_, at) => `key-${at}`)
    const { ask } = pooled(keys, fails('rate-limit', { retryAfterMs: 60_000 }))
    expect(lines(await ask()).at(-1)).toBe('6 b/m next-target success')
  })

  it('can be used now are waited for, however many they are', async () => {
    const throttled: Replies = ({ number }) => (number > 4 ? {} : fails('rate-limit', { retryAfterMs: 3000 }))
    const { ask } = pooled(['key-1', 'key-2', 'key-3', 'key-4'], throttled)
    expect(lines(await ask({ model: 'alone' })).at(-1)).toBe('5 a/m waited success')
  })

  it('is free while the others are throttled are waited for in their queue', async () => {
    const limited = { alone: { stages: [{ targets: [{ model: 'a/m', concurrency: 1 }] }] } }
    const script = byKey({ 'second-key': fails('rate-limit', { retryAfterMs: 55_000 }) }, { delayMs: 1000 })
    const { router, clock } = pooled(['first-key', 'second-key'], script, { routes: limited })
    const asked = [1, 2, 3].map(() => router.chat({ ...question, model: 'alone' }))
    const answers = await clock.run(Promise.all(asked))
    expect(answers.map(({ latencyMs }) => latencyMs).toSorted((x, y) => x - y)).toEqual([1000, 2000, 3000])
  })

  it('is worth a call where the service itself wants to be left alone', async () => {
    const { router, clock, errorOf, a } = pooled(
      ['first-key', 'second-key'],
      fails('overloaded', { retryAfterMs: 50_000 }),
    )
    for (let request = 0; request < 2; request++) {
      const error = await clock.run(errorOf<RouteFailedError>(router.chat({ ...question, model: 'alone' })))
      expect(error.retryAfterMs).toBe(50_000)
    }
    expect(a.calls).toHaveLength(1)
  })

  it('is tried after a hedge are tried when the hedge has failed too', async () => {
    const routes = {
      chat: { stages: [{ targets: ['a/m', 'b/m'] }], hedge: { afterMs: 100, maxShare: 1 }, retry: { attempts: 0 } },
    }
    const a = scripted('a', byKey({ 'first-key': { delayMs: 200, ...fails('rate-limit') } }))
    const b = scripted('b', { delayMs: 300, ...fails('server') })
    const keys = createKeyPool(['first-key', 'second-key'])
    const { ask } = createWorld({ providers: [plugin({ id: 'a' }, { keys, create: () => a }), b], routes })
    expect(lines(await ask())).toEqual([
      '1 a/m first failure rate-limit',
      '2 b/m hedge failure server',
      '3 a/m next-key success',
    ])
  })

  it('has room for a retry by itself are retried by one that has', async () => {
    const routes = { alone: { stages: [{ targets: [{ model: 'a/m', rpm: 1 }] }] } }
    const once: Replies = ({ number }) => (number === 1 ? fails('server') : {})
    const { ask, used } = pooled(['first-key', 'second-key'], once, { routes })
    expect(lines(await ask({ model: 'alone' }))).toEqual(['1 a/m first failure server', '2 a/m retry success'])
    expect(used()).toEqual(['first-key', 'second-key'])
  })
})

describe('limits of a provider with several keys', () => {
  it('are held by each key', async () => {
    const { ask, used } = pooled(
      ['first-key', 'second-key'],
      {},
      {
        routes: { chat: { stages: [{ targets: [{ model: 'a/m', rpm: 2 }, 'b/m'] }] } },
      },
    )
    const answers = []
    for (let request = 0; request < 5; request++) answers.push(await ask())
    expect(used()).toEqual(['first-key', 'second-key', 'first-key', 'second-key'])
    expect(answers[4]?.provider).toBe('b')
    expect(answers[4]?.exclusions[0]?.detail).toBe(
      'none of its 2 keys can be used; of the first to be ready: its limit of 2 requests a minute is used up',
    )
  })

  it('are known of each key as its service tells', async () => {
    const { router, ask, of } = pooled(
      ['first-key', 'second-key'],
      {},
      {
        routes: { chat: { stages: [{ targets: [{ model: 'a/m', concurrency: 3 }, 'b/m'] }] } },
      },
    )
    await ask()
    expect(router.status()[0]).toMatchObject({
      limits: [],
      keys: [
        { key: of('first-key'), limits: [{ counts: 'concurrency', limit: 3, used: 0 }] },
        { key: of('second-key'), limits: [{ counts: 'concurrency', limit: 3, used: 0 }] },
      ],
    })
  })

  it('of calls at the same time are waited for, whichever key is free first', async () => {
    const { router, clock, used } = pooled(
      ['first-key', 'second-key'],
      { delayMs: 1000 },
      {
        routes: { alone: { stages: [{ targets: [{ model: 'a/m', concurrency: 1 }] }] } },
      },
    )
    const asked = [1, 2, 3, 4].map(() => router.chat({ ...question, model: 'alone' }))
    const answers = await clock.run(Promise.all(asked))
    expect(answers.map(({ latencyMs }) => latencyMs)).toEqual([1000, 1000, 2000, 2000])
    expect(used().slice(0, 2)).toEqual(['first-key', 'second-key'])
    expect(clock.pending).toBe(0)
  })

  it('are others after a reload, for every key', async () => {
    const providers = [
      plugin({ id: 'a' }, { keys: createKeyPool(['first-key', 'second-key']), create: () => scripted('a') }),
    ]
    const routes = (rpm: number) => ({ alone: { stages: [{ targets: [{ model: 'a/m', rpm }] }] } })
    const { ask, router } = createWorld({ providers, routes: routes(1) })
    await ask({ model: 'alone' })
    router.reload({ providers, routes: routes(7), env: {} })
    await ask({ model: 'alone' })
    expect(router.status()[0]?.keys?.map(({ limits }) => limits)).toMatchObject([
      [{ counts: 'requests', limit: 7, used: 1 }],
      [{ counts: 'requests', limit: 7, used: 1 }],
    ])
  })
})

describe('keys that change', () => {
  it('are used from the next call on, and what was known of the others stays', async () => {
    const script = byKey({ 'first-key': fails('authentication'), 'second-key': fails('authentication') })
    const { ask, pool, used } = pooled(['first-key', 'second-key'], script)
    expect((await ask()).provider).toBe('b')
    pool.replace(['second-key', 'third-key'])
    expect(lines(await ask())).toEqual(['1 a/m first success'])
    await ask()
    expect(used()).toEqual(['first-key', 'second-key', 'third-key', 'third-key'])
  })

  it('are asked for anew when one is refused, and when all are out', async () => {
    let keys = ['first-key']
    const pool = createKeyPool(() => keys)
    const a = scripted('a', byKey({ 'first-key': fails('authentication'), 'second-key': fails('quota') }))
    const calls: (string | undefined)[] = []
    // As a real one does: it is the provider that asks for keys.
    const provider: Provider = {
      ...a,
      async chat(request, options) {
        const key = await pool.read(options)
        calls.push(key)
        return a.chat(request, { ...options, key: fingerprint(key ?? '') })
      },
    }
    const { ask, clock } = createWorld({
      providers: [plugin({ id: 'a' }, { keys: pool, create: () => provider }), scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    // Which keys there are is known once the first call has asked for one.
    expect(lines(await ask())).toEqual(['1 a/m first failure authentication', '2 b/m next-target success'])
    keys = ['second-key']
    // Nobody calls it by a key that is refused, and whoever passes it over has its keys asked for, once a second.
    await clock.advance(1000)
    expect(passedOver(await ask())).toEqual(['a/m account-paused after 0'])
    expect(lines(await ask())).toEqual(['1 a/m first failure quota', '2 b/m next-target success'])
    keys = ['third-key']
    await clock.advance(1000)
    expect(passedOver(await ask())).toEqual(['a/m account-paused after 0'])
    expect((await ask()).provider).toBe('a')
    expect(calls).toEqual(['first-key', 'second-key', 'third-key'])
  })

  it('are known once the first call has asked for one, which then goes on by the next', async () => {
    const pool = createKeyPool(() => ['first-key', 'second-key'])
    const a = scripted('a', byKey({ 'first-key': fails('authentication') }))
    const provider: Provider = {
      ...a,
      chat: async (request, options) =>
        a.chat(request, { ...options, key: fingerprint((await pool.read(options)) ?? '') }),
    }
    const { ask } = createWorld({
      providers: [plugin({ id: 'a' }, { keys: pool, create: () => provider }), scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure authentication', '2 a/m next-key success'])
    expect(answer.attempts.map(({ key }) => key)).toEqual(['first-key', 'second-key'].map(fingerprint))
    expect(lines(await ask())).toEqual(['1 a/m first success'])
  })

  it('are blamed for the calls that went out by them, and not for others', async () => {
    const pool = createKeyPool(['first-key', 'second-key'])
    const [, second = ''] = pool.fingerprints
    const a = scripted('a')
    let isFirst = true
    const provider: Provider = {
      ...a,
      chat: async (request, options) => {
        // Which is asked for, goes, and another stands in for it.
        if (isFirst) pool.replace(['second-key', 'third-key'])
        const key = await pool.read(options)
        const failing = isFirst && key === 'second-key'
        isFirst = false
        return failing ? scripted('a', fails('authentication')).chat(request, options) : a.chat(request, options)
      },
    }
    const { ask, router } = createWorld({
      providers: [plugin({ id: 'a' }, { keys: pool, create: () => provider })],
      routes: { chat: ['a/m'] },
    })
    const answer = await ask()
    expect(answer.attempts.map(({ key }) => key)).toEqual([second, fingerprint('third-key')])
    expect(router.status()[0]?.keys).toMatchObject([
      { key: second, pausedFor: 'authentication' },
      { key: fingerprint('third-key'), limits: [] },
    ])
  })

  it('keep their limits and pauses while they are away for a moment', async () => {
    const routes = { chat: [{ model: 'a/m', rpm: 2 }, 'b/m'] }
    const { ask, pool, a } = pooled(['first-key', 'second-key'], byKey({ 'second-key': fails('authentication') }), {
      routes,
    })
    for (let turn = 0; turn < 6; turn++) {
      pool.replace(turn % 2 === 0 ? ['first-key', 'second-key'] : ['third-key'])
      await ask()
    }
    const calls = (key: string): number => a.calls.filter((call) => call.key === fingerprint(key)).length
    expect([calls('first-key'), calls('second-key'), calls('third-key')]).toEqual([2, 1, 2])
  })

  it('bring back a provider whose token was refused, once its function gives another', async () => {
    let token = 'token-1'
    const pool = createKeyPool(() => token)
    const a = scripted('a')
    const provider: Provider = {
      ...a,
      chat: async (request, options) =>
        (await pool.read(options)) === 'token-1'
          ? scripted('a', fails('authentication')).chat(request, options)
          : a.chat(request, options),
    }
    const { ask, clock } = createWorld({
      providers: [plugin({ id: 'a' }, { keys: pool, create: () => provider }), scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    expect((await ask()).provider).toBe('b')
    await clock.advance(1000)
    expect((await ask()).provider).toBe('b')
    token = 'token-2'
    await clock.advance(1000)
    expect((await ask()).provider).toBe('b')
    expect((await ask()).provider).toBe('a')
  })

  it('are shown in status as they are now', async () => {
    const { ask, router, pool, of } = pooled(['first-key'], fails('authentication'))
    await ask()
    pool.replace(['second-key'])
    expect(router.status()[0]).not.toHaveProperty('pausedFor')
    expect(router.status()[0]?.keys?.map(({ key }) => key)).toEqual([of('second-key')])
    router.reload({ providers: [scripted('a'), scripted('b')], routes: { chat: ['a/m', 'b/m'] }, env: {} })
    expect(router.status()[0]).not.toHaveProperty('keys')
  })

  it('are explained, each with what keeps it from being used', async () => {
    const { ask, router, of } = pooled(['first-key', 'second-key'], byKey({ 'first-key': fails('quota') }))
    await ask()
    const { stages } = await router.explain(question)
    expect(stages[0]?.targets[0]).toMatchObject({
      target: 'a/m',
      verdict: 'first',
      keys: [{ key: of('first-key'), reason: 'account-paused' }, { key: of('second-key') }],
    })
  })

  it('can be taken in again one by one', async () => {
    const { ask, router, of, used } = pooled(['first-key', 'second-key'], byKey({ 'first-key': fails('quota') }))
    await ask()
    router.reset(`a#${of('first-key')}`)
    await ask()
    expect(used()).toEqual(['first-key', 'second-key', 'first-key', 'second-key'])
    expect(() => router.reset('a#nobody')).toThrow("'a#nobody'")
  })

  it('of a program’s own pool that breaks fail no request', async () => {
    const pool = createKeyPool(['first-key'])
    const broken = (): never => {
      throw new Error('broken')
    }
    const keys = { ...pool, fingerprints: pool.fingerprints, version: 1, read: () => 'first-key', refresh: broken }
    const { ask } = createWorld({
      providers: [plugin({ id: 'a' }, { keys, create: () => scripted('a', fails('authentication')) }), scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    expect((await ask()).provider).toBe('b')
    expect((await ask()).provider).toBe('b')
  })

  it('are told apart in status, without a word of the keys', async () => {
    const { ask, router, of } = pooled(
      ['first-key', 'second-key'],
      byKey({ 'first-key': fails('quota', { status: 402 }) }),
    )
    await ask()
    const [status] = router.status()
    expect(status).toMatchObject({
      lastFailure: { kind: 'quota', status: 402 },
      keys: [
        { key: of('first-key'), pausedFor: 'quota', lastFailure: { kind: 'quota' } },
        { key: of('second-key'), limits: [] },
      ],
    })
    expect(status).not.toHaveProperty('pausedFor')
    expect(JSON.stringify(status)).not.toContain('-key')
  })

  it('are called again after a reset by hand', async () => {
    const { ask, router, used } = pooled(['first-key'], ({ number }) => (number === 1 ? fails('authentication') : {}))
    await ask()
    router.reset('a')
    expect((await ask()).provider).toBe('a')
    expect(used()).toEqual(['first-key', 'first-key'])
  })

  it('keep what is known of them over a reload that keeps them', async () => {
    const a = scripted('a', byKey({ 'first-key': fails('authentication') }))
    const over = (keys: string[]) => [
      plugin({ id: 'a' }, { keys: createKeyPool(keys), create: () => a }),
      scripted('b'),
    ]
    const routes = { chat: ['a/m', 'b/m'] }
    const { ask, router } = createWorld({ providers: over(['first-key', 'second-key']), routes })
    await ask()
    router.reload({ providers: over(['first-key', 'third-key']), routes, env: {} })
    await ask()
    await ask()
    expect(a.calls.slice(2).map(({ key }) => key)).toEqual([fingerprint('third-key'), fingerprint('third-key')])
  })

  it('are known to all models of a provider alike when they go and come back', async () => {
    const script = byKey({ 'first-key': fails('authentication') })
    const { ask, pool, used } = pooled(['first-key', 'second-key'], script)
    pool.replace(['second-key'])
    await ask()
    pool.replace(['first-key', 'second-key'])
    await ask()
    await ask()
    expect(used()).toContain('first-key')
    const before = used().length
    for (let request = 0; request < 4; request++) await ask({ model: 'other' })
    expect(used().slice(before)).not.toContain('first-key')
  })

  it('are not forgotten for a request that still goes by those of before', async () => {
    const a = scripted('a', byKey({ 'first-key': fails('authentication') }))
    const slow = scripted('b', ({ number }) => (number === 1 ? { ...fails('server'), delayMs: 1000 } : {}))
    const over = (keys: KeyPool) => [plugin({ id: 'a' }, { keys, create: () => a }), slow]
    const routes = { chat: ['a/m'], slow: ['b/m', 'a/m'] }
    const pool = createKeyPool(['first-key', 'second-key'])
    const { ask, router, clock } = createWorld({ providers: over(pool), routes })
    const asked = router.chat({ ...question, model: 'slow' })
    pool.replace(['second-key'])
    const next = { providers: over(createKeyPool(['first-key', 'second-key'])), routes, env: {} }
    router.reload(next)
    expect(lines(await ask())).toEqual(['1 a/m first failure authentication', '2 a/m next-key success'])
    expect(lines(await clock.run(asked)).at(-1)).toBe('2 a/m next-target success')
    router.reload(next)
    expect(lines(await ask())).toEqual(['1 a/m first success'])
    expect(lines(await ask())).toEqual(['1 a/m first success'])
  })

  it('stay as they are where a reload is refused', async () => {
    const a = scripted('a', byKey({ 'first-key': fails('authentication') }))
    const over = (keys: string[]) => [
      plugin({ id: 'a' }, { keys: createKeyPool(keys), create: () => a }),
      scripted('b'),
    ]
    const { ask, router } = createWorld({
      providers: over(['first-key', 'second-key']),
      routes: { chat: ['a/m', 'b/m'] },
    })
    await ask()
    expect(() => router.reload({ providers: over(['third-key']), routes: { chat: ['nobody/m'] }, env: {} })).toThrow(
      'nobody',
    )
    expect(router.status()[0]?.keys).toHaveLength(2)
    await ask()
    expect(a.calls.at(-1)?.key).toBe(fingerprint('second-key'))
  })
})

describe('keys that several processes share', () => {
  it('are passed over where another process found them revoked', async () => {
    const store = createMemoryStore()
    const script = byKey({ 'first-key': fails('authentication') })
    const one = pooled(['first-key', 'second-key'], script, { store })
    const two = pooled(['first-key', 'second-key'], script, { store })
    // The parts that share, and those for keys, are loaded on demand.
    await import('../src/router/share.ts')
    await Promise.all([one.router.explain(question), two.router.explain(question)])
    await one.ask()
    await two.ask()
    await one.ask()
    await two.ask()
    expect(two.used()).not.toContain('first-key')
  })

  it('are called one after the other where all processes together hold their limits', async () => {
    const store = createMemoryStore()
    const routes = { chat: { stages: [{ targets: [{ model: 'a/m', rpm: 1 }, 'b/m'] }] } }
    await import('../src/router/share.ts')
    const one = pooled(['first-key', 'second-key'], {}, { store, routes })
    const two = pooled(['first-key', 'second-key'], {}, { store, routes })
    expect(lines(await one.ask())).toEqual(['1 a/m first success'])
    const answer = await two.ask()
    expect(lines(answer)).toEqual(['1 a/m first success'])
    expect(passedOver(answer)).toEqual(['a/m limit after 0'])
    expect([...one.used(), ...two.used()]).toEqual(['first-key', 'second-key'])
  })
})
