import { describe, expect, it } from 'vitest'
import type { RouteFailedError } from '../src/index.ts'
import { createWorld, fails, lines, passedOver, scripted } from './world.ts'

describe('a retry on the same target', () => {
  it('comes only when nobody else of the stage is ready', async () => {
    const a = scripted('a', [fails('server'), {}])
    const { ask, clock } = createWorld({ providers: [a, scripted('b')], routes: { chat: ['a/m', 'b/m'] } })
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure server', '2 b/m next-target success'])
    expect(clock.now()).toBe(0)
  })

  it('comes when the others of the stage are paused', async () => {
    const providers = [
      scripted('a', [{}, fails('server'), {}]),
      scripted('b', fails('rate-limit', { retryAfterMs: 60_000 })),
    ]
    const { ask, errorOf } = createWorld({ providers, routes: { chat: ['a/m', 'b/m'], b: ['b/m'] } })
    await errorOf(ask({ model: 'b' }))
    await ask()
    expect(lines(await ask())).toEqual(['1 a/m first failure server', '2 a/m retry success'])
  })

  it('waits half of 250 ms, then of 500 ms, when every draw is a half, and says so in the ledger', async () => {
    const a = scripted('a', [fails('server'), fails('server'), {}])
    const { ask, events } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    const answer = await ask()
    expect(answer.attempts.map(({ reason, waitedMs, startMs }) => [reason, waitedMs, startMs])).toEqual([
      ['first', undefined, 0],
      ['retry', 125, 125],
      ['retry', 250, 375],
    ])
    expect(events.filter(({ type }) => type === 'retry-scheduled')).toEqual([
      { type: 'retry-scheduled', request: 1, target: 'a/m', waitMs: 125 },
      { type: 'retry-scheduled', request: 1, target: 'a/m', waitMs: 250 },
    ])
  })

  it('backs off longer from a service that says it is overloaded', async () => {
    const a = scripted('a', [fails('overloaded'), fails('overloaded'), {}])
    const { ask } = createWorld({ providers: [a], routes: { chat: ['a/m'] } })
    expect((await ask()).attempts.map(({ waitedMs }) => waitedMs)).toEqual([undefined, 500, 1000])
  })

  it('never waits longer than the cap of its route', async () => {
    const a = scripted('a', [fails('network'), fails('overloaded'), fails('network'), fails('network'), {}])
    const { ask } = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], retry: { attempts: 4, baseMs: 100, capMs: 300 } } },
      random: () => 0.999,
    })
    const waits = (await ask()).attempts.map(({ waitedMs }) => Math.round(waitedMs ?? 0))
    expect(waits).toEqual([0, 100, 300, 300, 300])
  })

  it('is made at once where a draw is zero', async () => {
    const a = scripted('a', [fails('server'), {}])
    const { ask } = createWorld({ providers: [a], routes: { chat: ['a/m'] }, random: () => 0 })
    expect(lines(await ask())).toEqual(['1 a/m first failure server', '2 a/m retry success'])
  })

  it('is made as often as the route says, and not at all where it says zero', async () => {
    const a = scripted('a', fails('server'))
    const { ask, errorOf } = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], retry: { attempts: 0 } } },
    })
    await errorOf(ask())
    expect(a.calls).toHaveLength(1)
  })

  it('is made once for a failure that the table retries once, also where the route would allow more', async () => {
    const a = scripted('a', fails('malformed'))
    const { ask, errorOf } = createWorld({
      providers: [a],
      routes: { chat: { stages: [{ targets: ['a/m'] }], retry: { attempts: 4 } } },
    })
    await errorOf(ask())
    expect(a.calls).toHaveLength(2)
  })

  it('starts anew with each target', async () => {
    const providers = [scripted('a', fails('server')), scripted('b', [fails('server'), fails('server'), {}])]
    const { ask } = createWorld({
      providers,
      routes: { chat: { stages: [{ targets: ['a/m'] }, { targets: ['b/m'] }] } },
    })
    expect((await ask()).attempts.map(({ target, waitedMs }) => [target, waitedMs])).toEqual([
      ['a/m', undefined],
      ['a/m', 125],
      ['a/m', 250],
      ['b/m', undefined],
      ['b/m', 125],
      ['b/m', 250],
    ])
  })

  it('is not made when the target opened its circuit meanwhile', async () => {
    const a = scripted('a', fails('server'))
    const { ask, errorOf } = createWorld({
      providers: [a],
      routes: { chat: ['a/m'] },
      circuit: { consecutiveFailures: 2 },
    })
    const error = await errorOf<RouteFailedError>(ask())
    expect(lines(error)).toEqual(['1 a/m first failure server', '2 a/m retry failure server'])
    expect(error.retryAfterMs).toBe(3750)
  })

  it('is not made when another request opened the circuit during the wait', async () => {
    const a = scripted('a', ({ number }) => (number === 1 ? fails('overloaded') : fails('server')))
    const { ask, errorOf, clock, router } = createWorld({
      providers: [a],
      routes: {
        chat: ['a/m'],
        quick: { stages: [{ targets: ['a/m'] }], retry: { attempts: 0 } },
      },
      circuit: { consecutiveFailures: 2 },
    })
    clock.schedule(
      100,
      () => void router.chat({ model: 'quick', messages: [{ role: 'user', content: 'x' }] }).catch(() => 0),
    )
    const error = await errorOf<RouteFailedError>(ask())
    expect(lines(error)).toEqual(['1 a/m first failure overloaded'])
    expect(passedOver(error)).toEqual(['a/m circuit-open after 1'])
  })
})

describe('the retry budget of a target', () => {
  const budget = { ratio: 0, minimumPerSecond: 1, windowMs: 3000, windowSlices: 3 }

  it('stops retries when it is used up, with the reason in the ledger, and lets failovers through', async () => {
    const a = scripted('a', fails('malformed'))
    const { ask } = createWorld({
      providers: [a, scripted('b')],
      routes: { chat: { stages: [{ targets: ['a/m'] }, { targets: ['b/m'] }] } },
      retryBudget: budget,
      circuit: { consecutiveFailures: 1000, minimumCalls: 1000 },
      random: () => 0,
    })
    for (let request = 1; request <= 3; request++) expect((await ask()).attempts).toHaveLength(3)
    const answer = await ask()
    expect(lines(answer)).toEqual(['1 a/m first failure malformed', '2 b/m next-stage success'])
    expect(passedOver(answer)).toEqual(['a/m retry-budget after 1'])
  })

  it('fills again with time', async () => {
    const a = scripted('a', fails('malformed'))
    const { ask, errorOf, clock } = createWorld({
      providers: [a],
      routes: { chat: ['a/m'] },
      retryBudget: budget,
      circuit: { consecutiveFailures: 1000, minimumCalls: 1000 },
      random: () => 0,
    })
    const calls = async () => (await errorOf<RouteFailedError>(ask())).attempts.length
    expect([await calls(), await calls(), await calls(), await calls()]).toEqual([2, 2, 2, 1])
    await clock.advance(3000)
    expect(await calls()).toBe(2)
  })

  it('grows with the traffic of its target', async () => {
    const a = scripted('a', ({ number }) => (number <= 20 ? {} : fails('malformed')))
    const { ask, errorOf } = createWorld({
      providers: [a],
      routes: { chat: ['a/m'] },
      retryBudget: { ratio: 0.1, minimumPerSecond: 0 },
      circuit: { consecutiveFailures: 1000, minimumCalls: 1000 },
      random: () => 0,
    })
    for (let request = 1; request <= 20; request++) await ask()
    const calls = async () => (await errorOf<RouteFailedError>(ask())).attempts.length
    expect([await calls(), await calls(), await calls()]).toEqual([2, 2, 1])
  })
})
