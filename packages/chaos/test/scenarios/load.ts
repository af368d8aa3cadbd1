import { createSeededRandom } from '@llmfb/core/testing'
import { expect } from 'vitest'
import type { Scenario } from '../../src/stage.ts'
import { callsOf, servedBy } from './expect.ts'

export const load: readonly Scenario[] = [
  {
    name: 'burst ×10: a service that holds ten at a time',
    async play(stage) {
      const { one, two, three } = stage
      one.does(({ underWay }) =>
        underWay > 10 ? { type: 'fail', status: 429, retryAfter: '1' } : { type: 'answer', delayMs: 200 },
      )
      two.does({ type: 'answer', delayMs: 200 })
      const usual = await stage.burst(10)
      expect(servedBy(usual)).toEqual({ one: 10 })
      const burst = await stage.burst(100, { stream: true })
      expect(servedBy(burst)).toEqual({ one: 10, two: 90 })
      for (const { attempts } of burst) expect(attempts.length).toBeLessThanOrEqual(2)
      expect([one.arrived, two.arrived, three.arrived]).toEqual([110, 90, 0])
      // The one that was asked too much rests, and is back when it said it would be.
      await stage.wait(1000)
      expect(servedBy(await stage.burst(10))).toEqual({ one: 10 })
      expect(two.arrived).toBe(90)
    },
  },
  {
    name: 'sustained load, with an outage of a third of the time',
    async play(stage) {
      const { one, two, three } = stage
      const from = 20_000
      const until = 40_000
      one.does(({ at }) => (from <= at && at < until ? { type: 'fail', status: 503 } : { type: 'answer', delayMs: 40 }))
      const seen = await stage.load(600, 100)
      expect(seen.every(({ how, text }) => how === 'answer' && text === 'hello')).toBe(true)
      const failed = seen.filter(({ attempts }) => attempts.length > 1)
      // Twenty seconds of outage at ten requests a second cost a handful of calls in vain.
      expect(failed.length).toBeGreaterThanOrEqual(5)
      expect(failed.length).toBeLessThanOrEqual(12)
      expect(callsOf(seen)).toBe(600 + failed.length)
      expect(one.arrived + two.arrived).toBe(callsOf(seen))
      expect(three.arrived).toBe(0)
      expect(servedBy(seen.slice(0, 190))).toEqual({ one: 190 })
      // Back for good some time after it is over, and no later than its longest rest.
      expect(servedBy(seen.slice(-20))).toEqual({ one: 20 })
    },
  },
  {
    name: 'random failures of all services',
    async play(stage) {
      const { one, two, three } = stage
      const random = createSeededRandom(7)
      const statuses = [500, 502, 503, 529]
      for (const service of [one, two, three]) {
        service.does(() => {
          if (random() < 0.8) return { type: 'answer', delayMs: Math.floor(random() * 300) }
          if (random() < 0.3) return { type: 'half-close' }
          return { type: 'fail', status: statuses[Math.floor(random() * 4)] ?? 500 }
        })
      }
      const seen = [...(await stage.load(150, 50)), ...(await stage.load(150, 50, { stream: true }))]
      // A failure of one call in five is one of a request in over a hundred, since each has three to go to.
      const unanswered = seen.filter(({ how }) => how !== 'answer')
      expect(unanswered.length).toBeLessThanOrEqual(6)
      for (const { attempts } of unanswered) expect(attempts.length).toBeGreaterThanOrEqual(3)
      for (const { attempts } of seen) expect(attempts.length).toBeLessThanOrEqual(6)
      expect(callsOf(seen)).toBe(one.arrived + two.arrived + three.arrived)
      expect(callsOf(seen)).toBeLessThan(1.5 * seen.length)
      expect(seen.filter(({ how }) => how === 'answer').every(({ text }) => text === 'hello')).toBe(true)
    },
  },
  {
    name: 'callers who leave: nothing is spent on them',
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'answer', delayMs: 5000, pieceMs: 5000 })
      const leaving = Promise.all([
        stage.burst(20, { leavesAfterMs: 1000 }),
        stage.burst(20, { stream: true, leavesAfterMs: 7000 }),
      ])
      const staying = stage.burst(5)
      const seen = (await leaving).flat()
      expect(seen.every(({ how }) => how === 'left')).toBe(true)
      expect(servedBy(await staying)).toEqual({ one: 5 })
      expect(seen.filter(({ text }) => text === 'he')).toHaveLength(20)
      await stage.wait(0)
      expect([one.arrived, two.arrived, one.underWay]).toEqual([45, 0, 0])
      // Leaving says nothing about a service.
      expect(stage.router.status()[0]).toMatchObject({ circuit: 'closed', failures: 0 })
    },
  },
]
