import { describe, expect, it } from 'vitest'
import type { RouteFailedError } from '../src/index.ts'
import type { Reply } from '../src/testing/index.ts'
import { createWorld, fails, lines, passedOver, scripted } from './world.ts'

const limited = (retryAfterMs?: number): Reply =>
  fails('rate-limit', retryAfterMs === undefined ? {} : { retryAfterMs })

describe('a target that names a Retry-After', () => {
  it('is left alone until then, served by another meanwhile, and serves again afterwards', async () => {
    const a = scripted('a', [limited(30_000), {}])
    const { ask, clock } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    expect(lines(await ask())).toEqual(['1 a/m first failure rate-limit', '2 b/m next-target success'])
    await clock.advance(29_999)
    const meanwhile = await ask()
    expect(meanwhile.provider).toBe('b')
    expect(meanwhile.exclusions).toEqual([
      {
        target: 'a/m',
        stage: 'stage-1',
        reason: 'paused',
        detail: 'left alone for another 0.0 s after rate-limit',
        readyInMs: 1,
        afterAttempt: 0,
      },
    ])
    expect(a.calls).toHaveLength(1)
    await clock.advance(1)
    expect((await ask()).provider).toBe('a')
  })

  it('is left alone whatever the failure was, and by streams as well', async () => {
    const { ask, read, clock } = createWorld({
      providers: [scripted('a', [fails('server', { retryAfterMs: 10_000 }), {}]), scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    await ask()
    expect((await read()).at(-1)).toMatchObject({ provider: 'b', exclusions: [{ reason: 'paused' }] })
    await clock.advance(10_000)
    expect((await read()).at(-1)).toMatchObject({ provider: 'a', exclusions: [] })
  })

  it('is waited for when nobody else is there and the time fits', async () => {
    const a = scripted('a', [limited(7000), {}])
    const { ask, clock } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure rate-limit', '2 a/m waited success'])
    expect(answer.attempts[1]).toMatchObject({ waitedMs: 7125, startMs: 7125 })
    expect(clock.now()).toBe(7125)
  })

  it('that fails for another reason after it was waited for is not tried again, and gives no time any more', async () => {
    const a = scripted('a', [limited(7000), fails('server'), {}])
    const { ask, errorOf } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const error = await errorOf<RouteFailedError>(ask())
    expect(lines(error)).toEqual(['1 a/m first failure rate-limit', '2 a/m waited failure server'])
    expect(error).toMatchObject({ kind: 'rate-limit', reason: 'exhausted' })
    expect(error).not.toHaveProperty('retryAfterMs')
  })

  it('is waited for by a request that finds everybody paused: for the one who is ready first', async () => {
    const providers = [scripted('a', [limited(9000), {}]), scripted('b', [limited(4000), {}])]
    const { ask, errorOf } = createWorld({
      providers,
      routes: {
        chat: ['a/m', 'b/m'],
        hasty: { stages: [{ targets: ['a/m', 'b/m'] }], maxWaitMs: 0 },
      },
    })
    await errorOf(ask({ model: 'hasty' }))
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 b/m waited success'])
    expect(passedOver(answer)).toEqual(['a/m paused after 0', 'b/m paused after 0'])
  })

  it('is not waited for longer than the route allows: one error with the smallest Retry-After', async () => {
    const providers = [scripted('a', limited(90_000)), scripted('b', limited(25_000)), scripted('c', limited(60_000))]
    const { ask, errorOf, clock } = createWorld({ providers, routes: { chat: ['a/m', 'b/m', 'c/m'] } })
    const error = await errorOf<RouteFailedError>(ask())
    expect(error).toMatchObject({ reason: 'exhausted', kind: 'rate-limit', retryAfterMs: 25_000 })
    expect(clock.now()).toBe(0)
    expect(error.message).toContain('try again in 25 s')
    await clock.advance(4000)
    const again = await errorOf<RouteFailedError>(ask())
    expect(again).toMatchObject({ kind: 'rate-limit', retryAfterMs: 21_000, reason: 'exhausted', attempts: [] })
  })

  it('names the time that it gave last, when it was waited for and asks for more', async () => {
    const providers = [scripted('a', limited(90_000)), scripted('b', [limited(20_000), limited(25_000)])]
    const { ask, errorOf, clock } = createWorld({ providers, routes: { chat: ['a/m', 'b/m'] } })
    const error = await errorOf<RouteFailedError>(ask())
    expect(lines(error)).toEqual([
      '1 a/m first failure rate-limit',
      '2 b/m next-target failure rate-limit',
      '3 b/m waited failure rate-limit',
    ])
    expect([clock.now(), error.retryAfterMs]).toEqual([20_125, 25_000])
  })

  it('keeps the later of two times, whichever came last', async () => {
    const replies = [
      { delayMs: 1, ...limited(60_000) },
      { delayMs: 2, ...limited(1000) },
    ]
    const { ask, errorOf, clock, router } = createWorld({
      providers: [scripted('a', replies)],
      routes: { chat: { stages: [{ targets: ['a/m'] }], maxWaitMs: 0 } },
    })
    await clock.run(
      Promise.all([
        errorOf(router.chat({ model: 'chat', messages: [{ role: 'user', content: 'x' }] })),
        errorOf(router.chat({ model: 'chat', messages: [{ role: 'user', content: 'x' }] })),
      ]),
    )
    expect(await errorOf(ask())).toMatchObject({ retryAfterMs: 59_999 })
  })

  it('that is paused when its turn of a backoff comes is not called', async () => {
    const a = scripted('a', ({ number }) => (number === 1 ? fails('overloaded') : limited(60_000)))
    const { ask, errorOf, clock, router } = createWorld({
      providers: [a],
      routes: { chat: ['a/m'], other: { stages: [{ targets: ['a/m'] }], maxWaitMs: 0 } },
    })
    clock.schedule(
      100,
      () => void router.chat({ model: 'other', messages: [{ role: 'user', content: 'x' }] }).catch(() => 0),
    )
    const error = await errorOf<RouteFailedError>(ask())
    expect(error.attempts).toHaveLength(1)
    expect(passedOver(error)).toEqual(['a/m paused after 1'])
    expect(a.calls).toHaveLength(2)
  })
})

describe('a target that is limited without a Retry-After', () => {
  it('is left alone for 1 second, then 2, then 4, until it answers', async () => {
    const a = scripted('a', [limited(), limited(), limited(), {}, limited()])
    const { ask, clock, router } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    const pauses: unknown[] = []
    for (let request = 1; request <= 5; request++) {
      await ask()
      const readyInMs = router.status()[0]?.readyInMs
      pauses.push(readyInMs)
      await clock.advance(readyInMs ?? 0)
    }
    expect(pauses).toEqual([1000, 2000, 4000, undefined, 1000])
  })
})

describe('an account', () => {
  it.each(['quota', 'authentication'] as const)('out of %s is left alone with all its models', async (kind) => {
    const a = scripted('a', fails(kind))
    const { ask } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: ['a/small', 'b/m'], other: ['a/large', 'b/m'] },
    })
    await ask()
    const answer = await ask({ model: 'other' })
    expect(answer.provider).toBe('b')
    expect(answer.exclusions).toMatchObject([
      { target: 'a/large', reason: 'account-paused', detail: expect.stringContaining(kind) },
    ])
    expect(a.calls).toHaveLength(1)
  })

  it('is looked at again at intervals that double up to an hour, and is back at the first answer', async () => {
    const a = scripted('a', ({ number }) => (number <= 8 ? fails('authentication') : {}))
    const { ask, clock, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const minutes: number[] = []
    while (a.calls.length < 9) {
      await ask()
      const readyInMs = router.status()[0]?.readyInMs ?? 0
      minutes.push(readyInMs / 60_000)
      await clock.advance(readyInMs)
    }
    expect(minutes).toEqual([5, 10, 20, 40, 60, 60, 60, 60, 0])
  })

  it('is left alone for as long as the service says, if that is longer', async () => {
    const { ask, router } = createWorld({
      providers: [scripted('a', fails('quota', { retryAfterMs: 7_200_000 })), scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
    })
    await ask()
    expect(router.status()[0]?.readyInMs).toBe(7_200_000)
  })

  it('is paused by one answer however many calls were under way', async () => {
    const { router, clock, errorOf } = createWorld({
      providers: [scripted('a', { delayMs: 10, ...fails('quota') })],
      routes: { chat: ['a/m'] },
    })
    const ask = () => errorOf(router.chat({ model: 'chat', messages: [{ role: 'user', content: 'x' }] }))
    await clock.run(Promise.all([ask(), ask(), ask(), ask()]))
    expect(router.status()[0]?.readyInMs).toBe(60_000)
  })
})

describe('a model that is not there', () => {
  it('is left alone, and the other models of its provider are not', async () => {
    const a = scripted('a', ({ request }) => (request.model === 'old' ? fails('model-not-found') : {}))
    const { ask, clock } = createWorld({ providers: [a], routes: { chat: ['a/old', 'a/new'] } })
    expect(lines(await ask())).toEqual(['1 a/old first failure model-not-found', '2 a/new next-target success'])
    const answer = await ask()
    expect([lines(answer), passedOver(answer)]).toEqual([['1 a/new first success'], ['a/old paused after 0']])
    await clock.advance(300_000)
    expect((await ask()).attempts).toHaveLength(2)
  })
})

describe('a model that is being loaded', () => {
  it('is asked again after a second when nobody else is there', async () => {
    const { ask, clock } = createWorld({
      providers: [scripted('a', [fails('warming'), {}])],
      routes: { chat: ['a/m'] },
    })
    expect(lines(await ask())).toEqual(['1 a/m first failure warming', '2 a/m waited success'])
    expect(clock.now()).toBe(1125)
  })

  it('is served for by others until it is ready', async () => {
    const a = scripted('a', [fails('warming', { retryAfterMs: 5000 }), {}])
    const { ask, clock } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    expect((await ask()).provider).toBe('b')
    expect((await ask()).provider).toBe('b')
    await clock.advance(5000)
    expect((await ask()).provider).toBe('a')
  })
})
