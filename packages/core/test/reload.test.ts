import { describe, expect, it } from 'vitest'
import type { InvalidConfigError, RoutedStreamEvent, RouterOptions } from '../src/index.ts'
import { createScriptedProvider } from '../src/testing/index.ts'
import { apiKey, plugin } from './plugin.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

const [a, b] = [scripted('a', { text: ['a'] }), scripted('b', { text: ['b'] })]
const toB = { providers: [a, b], routes: { chat: ['b/m'] } }
const toA = { providers: [a, b], routes: { chat: ['a/m'] } }

describe('a reload', () => {
  it('changes all that comes after it, at once', async () => {
    const { ask, router, events } = createWorld(toA)
    expect((await ask()).text).toBe('a')
    router.reload(toB)
    expect((await ask()).text).toBe('b')
    expect(router.status().map(({ target }) => target)).toEqual(['b/m'])
    expect(events).toContainEqual({ type: 'reloaded', generation: 2 })
  })

  it('leaves a running request the route it began with, to its last retry', async () => {
    const providers = [scripted('a', [fails('server', {}), { text: ['late'] }]), b]
    const { ask, router, clock } = createWorld({ providers, routes: { chat: ['a/m'] } })
    const answer = router.chat(question)
    await clock.advance(1)
    expect(router.status()[0]?.failures).toBe(1)
    router.reload({ providers: [b], routes: { chat: ['b/m'] } })
    expect(lines(await clock.run(answer))).toEqual(['1 a/m first failure server', '2 a/m retry success'])
    expect((await ask()).provider).toBe('b')
  })

  it('leaves a running stream its route, and what it says of broken streams', async () => {
    const slow = scripted('a', { text: ['one', ' two'], pieceDelayMs: 100, fail: { kind: 'server' } })
    const chat = { stages: [{ targets: ['a/m', 'c/m'] }], afterCommit: 'continue' as const }
    const providers = [slow, scripted('c', { text: [' three'] }), b]
    const { open, router, clock } = createWorld({ providers, routes: { chat } })
    const stream = open()
    expect(await clock.run(stream.next())).toMatchObject({ value: { text: 'one' } })
    router.reload({ providers: [b], routes: { chat: ['b/m'] } })
    const rest: RoutedStreamEvent[] = []
    const reading = (async () => {
      for await (const event of stream) rest.push(event)
    })()
    await clock.run(reading)
    expect(rest.map((event) => ('text' in event ? event.text : ''))).toEqual([' two', ' three', ''])
    expect(rest.at(-1)).toMatchObject({ attempts: [{ target: 'a/m' }, { target: 'c/m', reason: 'continue' }] })
  })

  it('leaves a request the routes within its route as well', async () => {
    const providers = [scripted('a', fails('server', {})), scripted('b', { text: ['inner'] })]
    const chat = { stages: [{ targets: ['a/m'] }, { targets: ['inner'] }], retry: { attempts: 1 } }
    const { router, clock } = createWorld({ providers, routes: { chat, inner: ['b/m'] } })
    const answer = router.chat(question)
    await clock.advance(1)
    router.reload({ providers, routes: { chat: ['a/m'] } })
    expect((await clock.run(answer)).text).toBe('inner')
  })

  it('keeps what is remembered of targets: circuits, health, retry budgets', async () => {
    const providers = [scripted('a', fails('server')), scripted('b')]
    const options = { providers, routes: { chat: ['a/m', 'b/m'] } }
    const { ask, router } = createWorld(options)
    while (router.status()[0]?.circuit !== 'open') await ask()
    const before = router.status()
    router.reload({ ...options, routes: { chat: ['b/m', 'a/m'], other: ['a/m'] } })
    expect(router.status()).toEqual(before)
    expect(passedOver(await ask({ model: 'other' }).catch((error) => error))).toEqual(['a/m circuit-open after 0'])
  })

  it('keeps pauses of targets and accounts', async () => {
    const providers = [
      scripted('a', fails('rate-limit', { retryAfterMs: 60_000 })),
      scripted('b', fails('quota')),
      scripted('c'),
    ]
    const options = { providers, routes: { chat: ['a/m', 'b/m', 'c/m'] } }
    const { ask, router } = createWorld(options)
    await ask()
    router.reload({ ...options, routes: { chat: ['b/other', 'a/m', 'c/m'] } })
    expect(passedOver(await ask())).toEqual(['b/other account-paused after 0', 'a/m paused after 0'])
  })

  it('keeps what was counted for limits, under new ones, and lifts those that are gone', async () => {
    const to = (rpm?: number): Pick<RouterOptions, 'providers' | 'routes'> => ({
      providers: [a, b],
      routes: { chat: [rpm === undefined ? 'a/m' : { model: 'a/m', rpm }, 'b/m'] },
    })
    const { ask, router } = createWorld(to(2))
    for (const provider of ['a', 'a', 'b']) expect((await ask()).provider).toBe(provider)
    router.reload(to(3))
    for (const provider of ['a', 'b']) expect((await ask()).provider).toBe(provider)
    router.reload(to())
    for (const provider of ['a', 'a', 'a', 'a']) expect((await ask()).provider).toBe(provider)
  })

  it('keeps a retry budget that is used up', async () => {
    const options: RouterOptions = {
      providers: [scripted('a', fails('server')), scripted('b')],
      routes: { chat: { stages: [{ targets: ['a/m'] }], retry: { attempts: 3 } } },
      retryBudget: { ratio: 0, minimumPerSecond: 1 / 60 },
      circuit: { consecutiveFailures: 1000, minimumCalls: 1000 },
    }
    const { ask, errorOf, router } = createWorld(options)
    const before = await errorOf<{ attempts: readonly unknown[] }>(ask())
    const { retryBudget, providers, routes, circuit } = options
    router.reload({ providers, routes, ...(retryBudget && { retryBudget }), ...(circuit && { circuit }) })
    const after = await errorOf<{ attempts: readonly unknown[] }>(ask())
    expect([before.attempts.length, after.attempts.length]).toEqual([2, 1])
  })

  it('applies new settings of circuits to what was counted before', async () => {
    const options = { providers: [scripted('a', fails('server')), b], routes: { chat: ['a/m', 'b/m'] } }
    const { ask, router } = createWorld(options)
    await ask()
    await ask()
    expect(router.status()[0]?.circuit).toBe('closed')
    router.reload({ ...options, circuit: { consecutiveFailures: 3 } })
    await ask()
    expect(router.status()[0]?.circuit).toBe('open')
  })

  it('keeps what is remembered of targets that callers name beside the routes', async () => {
    const options = { providers: [a, b], routes: { chat: ['b/m'] } }
    const { ask, router } = createWorld(options)
    await ask({ model: 'a/rare' })
    router.isolate('a/rare')
    router.reload(options)
    expect(router.status().find(({ target }) => target === 'a/rare')?.circuit).toBe('isolated')
    router.reset('a/rare')
    router.reload({ providers: [b], routes: { chat: ['b/m'] } })
    expect(router.status().map(({ target }) => target)).toEqual(['b/m'])
  })

  it('keeps what was isolated out, gone or not, until it is reset', () => {
    const { router } = createWorld(toA)
    router.isolate('a/m')
    router.reload(toB)
    router.reload(toA)
    expect(router.status()).toMatchObject([{ target: 'a/m', circuit: 'isolated' }])
    router.reset('a/m')
    router.reload(toB)
    expect(router.status().map(({ target }) => target)).not.toContain('a/m')
  })

  it('does not forget a target for which a request waits', async () => {
    const busy = scripted('a', [fails('rate-limit', { retryAfterMs: 5000 }), { text: ['back'] }])
    const { router, clock } = createWorld({ providers: [busy, b], routes: { chat: ['a/m'] } })
    const answer = router.chat(question)
    await clock.advance(1000)
    router.reload({ providers: [busy, b], routes: { chat: ['b/m'] } })
    expect(router.status().find(({ target }) => target === 'a/m')).toMatchObject({ pausedFor: 'rate-limit' })
    expect((await clock.run(answer)).text).toBe('back')
    expect(router.status().map(({ target }) => target)).toEqual(['b/m'])
  })

  it('lets a provider that has another key be called at once', async () => {
    const refused = scripted('a', fails('authentication'))
    const { router, ask, errorOf } = createWorld({ providers: [refused], routes: { chat: ['a/m'] } })
    await errorOf(ask())
    router.reload({ providers: [scripted('a')], routes: { chat: ['a/m'] } })
    expect((await ask()).text).toBe('ok')
  })

  it('forgets targets that are gone, with their providers', async () => {
    const { router } = createWorld(toA)
    router.isolate('a')
    router.reload(toB)
    expect(() => router.reset('a')).toThrow(expect.objectContaining({ code: 'unknown-model' }))
    router.reload(toA)
    expect(router.status()).toMatchObject([{ target: 'a/m', circuit: 'closed' }])
  })

  it('forgets none that is still being called, until that is over', async () => {
    const slow = scripted('a', { delayMs: 1000 })
    const [from, to] = [
      { providers: [slow, b], routes: { chat: ['a/m'] } },
      { providers: [slow, b], routes: { chat: ['b/m'] } },
    ]
    const { router, clock } = createWorld(from)
    const answer = router.chat(question)
    await clock.advance(10)
    router.reload(to)
    expect(router.status()).toMatchObject([{ target: 'a/m', inFlight: 1 }, { target: 'b/m' }])
    router.reload(from)
    expect(router.status()).toMatchObject([{ target: 'a/m', inFlight: 1 }])
    router.reload(to)
    await clock.run(answer)
    expect(router.status().map(({ target }) => target)).toEqual(['b/m'])
  })

  it('makes no provider anew whose plugin is the same, with the same credentials', async () => {
    const credentials = [apiKey]
    const [same, other] = [plugin({ id: 'a', credentials }), plugin({ id: 'a', credentials })]
    const routes = { chat: ['a/m'] }
    const { ask, router } = createWorld({ providers: [same], routes, env: { A_API_KEY: '1' } })
    await ask()
    router.reload({ providers: [same], routes, env: { A_API_KEY: '1' } })
    await ask()
    expect(same.made).toHaveLength(1)
    router.reload({ providers: [same], routes, env: { A_API_KEY: '2' } })
    await ask()
    expect(same.made.map((context) => context.credentials)).toEqual([{ A_API_KEY: '1' }, { A_API_KEY: '2' }])
    router.reload({ providers: [other], routes, env: { A_API_KEY: '2' } })
    await ask()
    expect([same.made.length, other.made.length]).toEqual([2, 1])
  })

  it('brings other middlewares and prices', async () => {
    const { ask, router } = createWorld(toA)
    router.reload({
      ...toA,
      prices: { priceOf: () => ({ inputPerMillion: 1e6, outputPerMillion: 1e6 }) },
      middleware: [{ name: 'shout', chat: async (request, next) => ({ ...(await next(request)), text: 'A!' }) }],
    })
    expect(await ask()).toMatchObject({ text: 'A!', costUsd: 2 })
    router.reload(toA)
    const plain = await ask()
    expect(plain.text).toBe('a')
    expect(plain).not.toHaveProperty('costUsd')
  })

  it('says which targets are unavailable now', async () => {
    const { router, events } = createWorld(toA)
    const missing = plugin({ id: 'c', credentials: [apiKey] })
    router.reload({ providers: [a, missing], routes: { chat: ['a/m', 'c/m'] } })
    expect(events).toContainEqual(expect.objectContaining({ type: 'target-unavailable', target: 'c/m' }))
    expect(router.providers.map(({ state }) => state)).toEqual(['ready', 'missing-credentials'])
  })
})

describe('a reload that is rejected', () => {
  const missing = plugin({ id: 'c', credentials: [apiKey] })
  const rejected: readonly (readonly [string, object, string])[] = [
    ['for its form', { ...toB, routes: { chat: [] } }, 'invalid-config'],
    ['for a name that is not known', { providers: [a, b], routes: { chat: ['b/m', 'z/m'] } }, 'invalid-config'],
    ['for a loop', { providers: [a, b], routes: { chat: ['b/m', 'more'], more: ['chat'] } }, 'invalid-config'],
    [
      'for limits that contradict each other',
      { providers: [a, b], routes: { chat: [{ model: 'b/m', rpm: 1 }], more: [{ model: 'b/m', rpm: 2 }] } },
      'invalid-config',
    ],
    [
      'for a route without a usable target',
      { providers: [a, b, missing], routes: { chat: [{ model: 'b/m', rpm: 1 }], more: ['c/m'] } },
      'no-usable-target',
    ],
  ]

  it.each(rejected)('%s changes nothing and says so', async (_, options, code) => {
    const { ask, router, events } = createWorld(toA)
    await ask()
    const before = router.status()
    const expected = expect.objectContaining({ code })
    expect(() => router.reload(options as RouterOptions)).toThrow(expected as Error)
    expect(router.status()).toEqual(before)
    expect(() => router.reset('b')).toThrow(expect.objectContaining({ code: 'unknown-model' }))
    expect((await ask()).text).toBe('a')
    expect(events.filter(({ type }) => type.startsWith('reload'))).toEqual([
      { type: 'reload-rejected', generation: 1, problem: expect.stringMatching(/./) as string },
    ])
  })

  it('does not count as a generation', () => {
    const { router, events } = createWorld(toA)
    router.reload(toB)
    expect(() => router.reload({ ...toB, routes: {} })).toThrow('at least one route')
    router.reload(toA)
    expect(events.filter(({ type }) => type.startsWith('reload'))).toMatchObject([
      { type: 'reloaded', generation: 2 },
      { type: 'reload-rejected', generation: 2 },
      { type: 'reloaded', generation: 3 },
    ])
  })

  it.each(['id', 'store', 'onEvent', 'logger', 'clock', 'random'])('for %s names that option', (name) => {
    const { router } = createWorld(toA)
    const given = { ...toA, [name]: name === 'id' ? 'other' : () => 0 }
    let issues: InvalidConfigError['issues'] = []
    try {
      router.reload(given)
    } catch (error) {
      ;({ issues } = error as InvalidConfigError)
    }
    expect(issues).toEqual([{ path: `options.${name}`, problem: 'cannot change while the router runs' }])
  })

  it('is rejected by a router that was disposed of', () => {
    const { router } = createWorld(toA)
    router.dispose()
    expect(() => router.reload(toB)).toThrow(expect.objectContaining({ code: 'disposed' }))
  })
})

describe('a reload under way of a provider that is loaded', () => {
  it('calls what was loaded meanwhile', async () => {
    const slow = plugin(
      { id: 'a' },
      { create: async () => createScriptedProvider({ id: 'a', replies: { text: ['loaded'] } }) },
    )
    const options = { providers: [slow], routes: { chat: ['a/m'] } }
    const { ask, router } = createWorld(options)
    const answer = router.chat(question)
    router.reload(options)
    expect([(await answer).text, (await ask()).text]).toEqual(['loaded', 'loaded'])
  })
})
