import { describe, expect, it } from 'vitest'
import type { RouteFailedError, RouterEvent } from '../src/index.ts'
import type { World } from './world.ts'
import { createWorld, fails, lines, passedOver, question, scripted } from './world.ts'

const noRetry = { attempts: 0 }

/** A route over `a` and `b`, where `a` fails its first calls. */
function withFailures(count: number): World & { readonly calls: () => number } {
  const a = scripted('a', ({ number }) => (number <= count ? fails('server') : {}))
  const world = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'], alone: ['a/m'] } })
  return { ...world, calls: () => a.calls.length }
}

function circuitEvents(events: readonly RouterEvent[]): readonly RouterEvent[] {
  return events.filter(({ type }) => type.startsWith('circuit-'))
}

describe('a circuit', () => {
  it('opens after 5 failures in a row, and its target is passed over without a call', async () => {
    const { ask, calls, router } = withFailures(5)
    for (let request = 1; request <= 5; request++) {
      expect(router.status()[0]?.circuit).toBe('closed')
      expect((await ask()).attempts).toHaveLength(2)
    }
    expect(router.status()[0]).toMatchObject({ circuit: 'open', readyInMs: 3750, status: 'unhealthy' })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 b/m first success'])
    expect(answer.exclusions).toEqual([
      {
        target: 'a/m',
        stage: 'stage-1',
        reason: 'circuit-open',
        detail: 'its circuit is open for another 3.8 s',
        readyInMs: 3750,
        afterAttempt: 0,
      },
    ])
    expect(calls()).toBe(5)
  })

  it('stays closed while answers come between the failures', async () => {
    const a = scripted('a', ({ number }) => (number % 5 === 0 ? {} : fails('server')))
    const { ask, router } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
      circuit: { minimumCalls: 100 },
    })
    for (let request = 1; request <= 40; request++) await ask()
    expect(router.status()[0]?.circuit).toBe('closed')
  })

  it('opens when half of at least 10 calls failed', async () => {
    const a = scripted('a', ({ number }) => (number % 2 === 0 ? fails('server') : {}))
    const { ask, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 9; request++) await ask()
    expect(router.status()[0]?.circuit).toBe('closed')
    await ask()
    expect(router.status()[0]?.circuit).toBe('open')
  })

  it('lets a call through when its time is over, and closes when that succeeds', async () => {
    const { ask, calls, clock, router } = withFailures(5)
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(3749)
    expect((await ask()).provider).toBe('b')
    await clock.advance(1)
    expect((await ask()).provider).toBe('a')
    expect(calls()).toBe(6)
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', readyInMs: 10_000 })
    await clock.advance(10_000)
    expect(router.status()[0]).not.toHaveProperty('readyInMs')
  })

  it('lets a tenth of the calls through when it has just closed, all after 10 s, and sends the others on', async () => {
    const { ask, clock } = withFailures(5)
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(3750)
    await ask()
    const served = async (): Promise<string> => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask()))
      return answers.map(({ provider }) => provider).join('')
    }
    expect(await served()).toBe('bbbbbbbbbabbbbbbbbba')
    await clock.advance(10_000 * (4 / 9))
    expect(await served()).toBe('ba'.repeat(10))
    await clock.advance(10_000 * (5 / 9))
    expect(await served()).toBe('a'.repeat(20))
  })

  it('says of a call that is sent on how long that lasts at most', async () => {
    const { ask, clock } = withFailures(5)
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(3750)
    await ask()
    await clock.advance(1000)
    expect((await ask()).exclusions).toMatchObject([
      { target: 'a/m', reason: 'circuit-open', readyInMs: expect.closeTo(6888.9, 1) },
    ])
  })

  it('lets all calls through at once where it is told to', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? fails('server') : {}))
    const { ask, clock } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
      circuit: { rampUpMs: 0 },
    })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(3750)
    for (let request = 1; request <= 3; request++) expect((await ask()).provider).toBe('a')
  })

  it('opens for twice as long when the call that tests it fails', async () => {
    const { ask, clock, router } = withFailures(7)
    for (let request = 1; request <= 5; request++) await ask()
    const open: unknown[] = [router.status()[0]?.readyInMs]
    for (let probe = 1; probe <= 2; probe++) {
      await clock.advance(router.status()[0]?.readyInMs ?? 0)
      await ask()
      open.push(router.status()[0]?.readyInMs)
    }
    expect(open).toEqual([3750, 7500, 15_000])
  })

  it('is open for no less than a Retry-After', async () => {
    const a = scripted('a', fails('server', { retryAfterMs: 60_000 }))
    const { ask, router } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
      circuit: { consecutiveFailures: 1 },
    })
    await ask()
    expect(router.status()[0]).toMatchObject({ circuit: 'open', readyInMs: 60_000 })
  })

  it('half-open, lets 3 calls through at once and sends the rest to the next target', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? fails('server') : { delayMs: 100 }))
    const { ask, clock, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(3750)
    const answers = await clock.run(Promise.all(Array.from({ length: 10 }, () => router.chat(question))))
    expect(answers.map(({ provider }) => provider)).toEqual(['a', 'a', 'a', 'b', 'b', 'b', 'b', 'b', 'b', 'b'])
    expect(answers[9]?.exclusions).toMatchObject([
      { reason: 'circuit-open', detail: expect.stringContaining('tested by others'), readyInMs: 60_000 },
    ])
  })

  it('takes a permit back when its call is aborted', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? fails('server') : number <= 8 ? { end: 'stall' } : {}))
    const { ask, clock, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(3750)
    const leaving = new AbortController()
    const stalled = [1, 2, 3].map(() =>
      router.chat(question, { signal: leaving.signal }).catch((reason: unknown) => reason),
    )
    expect((await ask()).provider).toBe('b')
    leaving.abort('bye')
    expect(await Promise.all(stalled)).toEqual(['bye', 'bye', 'bye'])
    expect((await ask()).provider).toBe('a')
    expect(router.status()[0]?.circuit).toBe('closed')
  })

  it('takes a permit back from a call whose failure says nothing about the target', async () => {
    const a = scripted('a', ({ number }) =>
      number <= 5 ? fails('server') : number === 6 ? fails('content-filter', { status: 400 }) : {},
    )
    const { ask, errorOf, clock, router } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: ['a/m', 'b/m'] },
      circuit: { halfOpenPermits: 1 },
    })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(3750)
    expect(await errorOf(ask())).toMatchObject({ kind: 'content-filter' })
    expect(router.status()[0]?.circuit).toBe('half-open')
    expect((await ask()).provider).toBe('a')
  })

  it('takes a permit back by itself from a call that hangs longer than its lease', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? fails('server') : number === 6 ? { end: 'stall' } : {}))
    const { ask, clock, router } = createWorld({
      providers: [a, scripted('b')],
      routes: {
        chat: ['a/m', 'b/m'],
        patient: { stages: [{ targets: ['a/m'] }], attemptMs: 500_000, deadlineMs: 500_000 },
      },
      circuit: { halfOpenPermits: 1, permitLeaseMs: 10_000 },
    })
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(3750)
    const leaving = new AbortController()
    const hanging = router.chat({ ...question, model: 'patient' }, { signal: leaving.signal }).catch(() => 0)
    await clock.advance(9999)
    expect((await ask()).provider).toBe('b')
    await clock.advance(1)
    expect((await ask()).provider).toBe('a')
    leaving.abort()
    await hanging
    expect(router.status()[0]).toMatchObject({ circuit: 'closed', inFlight: 0 })
  })

  it('ignores late answers to calls of before it opened', async () => {
    const a = scripted('a', ({ number }) => (number === 1 ? { delayMs: 3000 } : fails('server')))
    const { ask, clock, router } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const late = router.chat(question)
    for (let request = 1; request <= 5; request++) await ask()
    expect((await clock.run(late)).provider).toBe('a')
    expect(router.status()[0]?.circuit).toBe('open')
  })

  it('tells of each change, in order, between the events of the requests that caused them', async () => {
    const { ask, clock, events } = withFailures(5)
    for (let request = 1; request <= 5; request++) await ask()
    await clock.advance(3750)
    await ask()
    expect(circuitEvents(events)).toEqual([
      { type: 'circuit-opened', target: 'a/m', openMs: 3750 },
      { type: 'circuit-half-opened', target: 'a/m' },
      { type: 'circuit-closed', target: 'a/m' },
    ])
    expect(events.slice(-6).map(({ type }) => type)).toEqual([
      'request-started',
      'circuit-half-opened',
      'attempt-started',
      'circuit-closed',
      'attempt-succeeded',
      'request-succeeded',
    ])
  })

  it('is shared by all routes that name its target', async () => {
    const { ask, errorOf, calls } = withFailures(100)
    for (let request = 1; request <= 5; request++) await ask()
    const error = await errorOf<RouteFailedError>(ask({ model: 'alone' }))
    expect(error.attempts.map(({ reason }) => reason)).toEqual(['forced'])
    expect(calls()).toBe(6)
  })
})

describe('the last target', () => {
  it('is never shut out: with its circuit open it is called all the same, once', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? fails('server') : {}))
    const { ask, errorOf, router } = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], retry: noRetry } },
    })
    for (let request = 1; request <= 5; request++) await errorOf(ask())
    expect(router.status()[0]?.circuit).toBe('open')
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m forced success'])
    expect(passedOver(answer)).toEqual(['a/m circuit-open after 0'])
    expect(router.status()[0]?.circuit).toBe('closed')
  })

  it('is called while its circuit ramps up, before one whose circuit is open', async () => {
    const a = scripted('a', ({ number }) => (number <= 5 ? fails('server') : {}))
    const { ask, errorOf, clock, router } = createWorld({
      providers: [a, scripted('b', fails('server'))],
      routes: {
        chat: { stages: [{ targets: ['b/m', 'a/m'] }], retry: noRetry },
        a: { stages: [{ targets: ['a/m'] }], retry: noRetry },
        b: { stages: [{ targets: ['b/m'] }], retry: noRetry },
      },
    })
    for (let request = 1; request <= 5; request++) await errorOf(ask({ model: 'a' }))
    await clock.advance(3750)
    await ask({ model: 'a' })
    for (let request = 1; request <= 5; request++) await errorOf(ask({ model: 'b' }))
    for (let request = 1; request <= 9; request++) expect((await ask()).provider).toBe('a')
    expect(router.status().map(({ circuit }) => circuit)).toEqual(['open', 'closed'])
    for (let request = 1; request <= 9; request++) expect((await ask({ model: 'a' })).attempts).toHaveLength(1)
  })

  it('is the one whose circuit is due first, when all are open', async () => {
    const providers = [scripted('a', fails('server')), scripted('b', fails('server'))]
    const { ask, errorOf, clock } = createWorld({
      providers,
      routes: {
        chat: { stages: [{ targets: ['a/m', 'b/m'] }], retry: noRetry },
        b: { stages: [{ targets: ['b/m'] }], retry: noRetry },
        a: { stages: [{ targets: ['a/m'] }], retry: noRetry },
      },
    })
    for (let request = 1; request <= 5; request++) await errorOf(ask({ model: 'b' }))
    await clock.advance(1000)
    for (let request = 1; request <= 5; request++) await errorOf(ask({ model: 'a' }))
    const error = await errorOf<RouteFailedError>(ask())
    expect(lines(error)).toEqual(['1 b/m forced failure server'])
    expect(passedOver(error)).toEqual(['a/m circuit-open after 0', 'b/m circuit-open after 0'])
    expect(error.retryAfterMs).toBe(2750)
  })

  it('is left alone all the same while it is paused', async () => {
    const a = scripted('a', fails('quota'))
    const { ask, errorOf } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    await errorOf(ask())
    expect(await errorOf(ask())).toMatchObject({ attempts: [], kind: 'quota', retryAfterMs: 60_000 })
    expect(a.calls).toHaveLength(1)
  })

  it('is asked while the circuits of the others are open, however often it fails', async () => {
    const providers = [scripted('a', fails('server')), scripted('b', fails('malformed'))]
    const { ask, errorOf } = createWorld({
      providers,
      routes: { chat: { stages: [{ targets: ['a/m', 'b/m'] }], retry: noRetry } },
    })
    for (let request = 1; request <= 20; request++) {
      const error = await errorOf<RouteFailedError>(ask())
      expect(error.attempts.length).toBeGreaterThan(0)
    }
  })
})
