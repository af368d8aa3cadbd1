import type { RouteOptions, StageConfig } from '@llmfb/core'
import { expect } from 'vitest'
import type { CallSeen } from '../../src/behaviour.ts'
import type { Scenario } from '../../src/stage.ts'
import { callsOf, course, passedOver, servedBy } from './expect.ts'

const stages: readonly StageConfig[] = [{ targets: ['one/m', 'two/m', 'three/m'] }]

function chat(options: Partial<RouteOptions>): { readonly routes: { readonly chat: RouteOptions } } {
  return { routes: { chat: { stages, ...options } } }
}

const strategies = [
  'priority',
  'failover',
  'healthiest',
  'best-effort',
  'capability',
  'cost',
  'latency',
  'peak-ewma',
  'least-busy',
  'round-robin',
  'weighted',
  'weighted-random',
  'random',
  'sticky',
  'score',
] as const

export const defences: readonly Scenario[] = [
  {
    name: 'rate-limit exhaustion: seen coming, in headers, before the first 429',
    async play(stage) {
      const { one, two } = stage
      const from = stage.now()
      one.does(({ number, at }) => {
        const resetsInMs = 60_000 - (at - from)
        if (resetsInMs <= 0) return { type: 'answer' }
        if (number > 10) return { type: 'fail', status: 429, retryAfter: String(Math.ceil(resetsInMs / 1000)) }
        return { type: 'answer', rateLimit: { limit: 10, remaining: 10 - number, resetsInMs } }
      })
      const seen = [...(await stage.load(15, 100)), ...(await stage.load(15, 100, { stream: true }))]
      expect(servedBy(seen)).toEqual({ one: 10, two: 20 })
      expect(callsOf(seen)).toBe(30)
      for (const late of seen.slice(10)) expect(passedOver(late)).toEqual(['one limit'])
      expect([one.arrived, two.arrived]).toEqual([10, 20])
      await stage.wait(60_000)
      expect(course(await stage.ask())).toEqual(['one success'])
    },
  },
  {
    name: 'burst ×10: limits of its own hold, and the rest goes elsewhere',
    options: chat({
      stages: [{ targets: [{ model: 'one/m', concurrency: 5 }, { model: 'two/m', rpm: 30 }, 'three/m'] }],
    }),
    async play(stage) {
      const { one, two, three } = stage
      let most = 0
      one.does(({ underWay }) => {
        most = Math.max(most, underWay)
        return { type: 'answer', delayMs: 1000 }
      })
      const seen = (await Promise.all([stage.burst(50), stage.burst(50, { stream: true })])).flat()
      expect(servedBy(seen)).toEqual({ one: 5, two: 30, three: 65 })
      expect(most).toBe(5)
      expect([one.arrived, two.arrived, three.arrived]).toEqual([5, 30, 65])
      expect(callsOf(seen)).toBe(100)
    },
  },
  {
    name: 'latency injection: one call in thirty is slow, and hedged',
    options: chat({ hedge: { afterMs: 500 } }),
    async play(stage) {
      const { one, two } = stage
      one.does(({ number }) => ({ type: 'answer', delayMs: number % 30 === 0 ? 10_000 : 100 }))
      two.does({ type: 'answer', delayMs: 100 })
      const seen = [...(await stage.load(150, 100)), ...(await stage.load(150, 100, { stream: true }))]
      const hedged = seen.filter(({ attempts }) => attempts.some(({ reason }) => reason === 'hedge'))
      // All but the first slow ones, before which too few requests were made for a twentieth of them to be one.
      expect(hedged.length).toBeGreaterThanOrEqual(8)
      expect(hedged.length).toBeLessThanOrEqual(0.05 * seen.length)
      for (const each of hedged) {
        expect(each).toMatchObject({ provider: 'two', text: 'hello', ends: 1 })
        expect(each.attempts.map(({ provider, outcome }) => `${provider} ${outcome}`).toSorted()).toEqual([
          'one outraced',
          'two success',
        ])
        expect(Math.max(...each.attempts.map(({ startMs, durationMs }) => startMs + durationMs))).toBe(600)
      }
      await stage.wait(0)
      expect([one.arrived, two.arrived, one.underWay]).toEqual([300, hedged.length, 0])
    },
  },
  {
    name: 'latency injection: everybody is slow, and hedges stay within their share',
    options: chat({ hedge: { afterMs: 500 } }),
    async play(stage) {
      const { one, two, three } = stage
      for (const service of [one, two, three]) service.does({ type: 'answer', delayMs: 3000 })
      const seen = await stage.load(200, 100)
      expect(servedBy(seen)).toEqual({ one: 200 })
      expect(one.arrived).toBe(200)
      expect(two.arrived + three.arrived).toBeLessThanOrEqual(10)
      expect(two.arrived).toBeGreaterThan(0)
    },
  },
  ...(['half-close', 'reset', 'stall'] as const).map((type) => begunAnew(type)),
  {
    name: 'half-close in the middle of a stream that may go on elsewhere',
    // One that can go on with what another has begun.
    options: chat({ afterCommit: 'continue', stages: [{ targets: ['one/m', 'two/claude-sonnet-4-5', 'three/m'] }] }),
    async play(stage) {
      const { one, two, three } = stage
      one.does({ type: 'half-close', pieces: ['he', 'l'] })
      two.does({ type: 'answer', pieces: ['l', 'o'] })
      const seen = await stage.burst(3, { stream: true })
      for (const each of seen) {
        expect(each).toMatchObject({ how: 'answer', provider: 'two', text: 'hello', ends: 1 })
        expect(each.attempts.map(({ provider, reason }) => `${provider} ${reason}`)).toEqual([
          'one first',
          'two continue',
        ])
      }
      expect([one.arrived, two.arrived, three.arrived]).toEqual([3, 3, 0])
    },
  },
  {
    name: 'silent stall of a local model that loads: its load is not broken off',
    options: chat({ stages: [{ targets: ['three/m'] }], attemptMs: 2000, firstContentMs: 2000 }),
    async play(stage) {
      const { three } = stage
      const loadedAt = stage.now() + 30_000
      // A server that drops the load when its first caller leaves would never be done.
      three.does(({ number, at }) => ({ type: 'answer', delayMs: number === 1 ? loadedAt - at : 100 }))
      const asked = stage.ask()
      await stage.wait(20_000)
      expect([three.arrived, three.underWay]).toEqual([1, 1])
      const seen = await asked
      expect(seen).toMatchObject({ how: 'answer', provider: 'three', text: 'hello' })
      expect(course(seen)).toEqual(['three warming', 'three success'])
      expect(stage.now()).toBeGreaterThanOrEqual(loadedAt)
      expect([three.arrived, three.underWay]).toEqual([2, 0])
    },
  },
  {
    name: 'recovery stampede: who comes back gets its load step by step',
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'fail', status: 503 })
      await stage.load(30, 100)
      await stage.wait(5000)
      const calls: CallSeen[] = []
      one.does((call) => {
        calls.push(call)
        return { type: 'answer' }
      })
      const before = two.arrived
      const from = stage.now()
      const seen = await stage.load(300, 50)
      expect(seen.every(({ how, attempts }) => how === 'answer' && attempts.length === 1)).toBe(true)
      const within = (start: number, end: number): number =>
        calls.filter(({ at }) => start <= at - from && at - from < end).length
      // Of forty in each two seconds.
      expect(within(0, 2000)).toBeGreaterThan(2)
      expect(within(0, 2000)).toBeLessThan(15)
      expect(within(4000, 6000)).toBeGreaterThan(within(0, 2000))
      expect(within(8000, 10_000)).toBeGreaterThan(within(4000, 6000))
      expect(within(12_000, 14_000)).toBe(40)
      expect(calls.length + two.arrived - before).toBe(300)
    },
  },
  ...strategies.map((strategy) => outageUnder(strategy)),
]

/** A stream that breaks, on a route that begins it anew. */
function begunAnew(type: 'half-close' | 'reset' | 'stall'): Scenario {
  return {
    name: `${type} in the middle of a stream that may begin anew`,
    options: chat({ afterCommit: 'restart', idleMs: 1000 }),
    async play(stage) {
      const { one, two, three } = stage
      one.does({ type, pieces: ['hel', 'p'] })
      const seen = await stage.burst(3, { stream: true })
      for (const each of seen) {
        expect(each).toMatchObject({ how: 'answer', provider: 'two', text: 'hello', ends: 1 })
        expect(each.attempts.map(({ provider, reason }) => `${provider} ${reason}`)).toEqual([
          'one first',
          'two restart',
        ])
      }
      await stage.wait(0)
      expect([one.arrived, two.arrived, three.arrived, one.underWay]).toEqual([3, 3, 0, 0])
    },
  }
}

/** One service of three is out for a while, whichever way the stage chooses. */
function outageUnder(strategy: (typeof strategies)[number]): Scenario {
  return {
    name: `single outage under ${strategy}`,
    options: {
      ...chat({ stages: [{ strategy, targets: ['one/m', 'two/m', 'three/m'] }] }),
      // That of none is known.
      prices: { priceOf: () => undefined },
    },
    async play(stage) {
      const { one, two, three } = stage
      const all = [one, two, three]
      for (const service of all) service.does({ type: 'answer', delayMs: 50 })
      one.does({ type: 'fail', status: 500 })
      const seen = [...(await stage.load(25, 400)), ...(await stage.load(25, 400, { stream: true }))]
      expect(servedBy(seen)['one']).toBeUndefined()
      for (const { how, attempts } of seen) {
        expect(how).toBe('answer')
        expect(attempts.length).toBeLessThanOrEqual(2)
      }
      // Five to open the circuit, and some looks in 20 seconds.
      expect(one.arrived).toBeLessThanOrEqual(9)
      expect(two.arrived + three.arrived).toBe(50)
      one.does({ type: 'answer', delayMs: 50 })
      await stage.wait(60_000)
      const after = await stage.load(20, 400)
      expect(callsOf(after)).toBe(20)
      expect(one.arrived + two.arrived + three.arrived).toBe(callsOf([...seen, ...after]))
    },
  }
}
