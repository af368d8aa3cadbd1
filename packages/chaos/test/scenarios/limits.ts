import { expect } from 'vitest'
import type { Scenario } from '../../src/stage.ts'
import { callsOf, course, passedOver, servedBy } from './expect.ts'

const limited = { type: 'fail', status: 429, retryAfter: '30' } as const
const up = { type: 'answer' } as const

export const limits: readonly Scenario[] = [
  {
    name: 'rate-limit exhaustion: one after the other, then all, then none',
    async play(stage) {
      const { one, two, three } = stage
      one.does(limited)
      expect(course(await stage.ask())).toEqual(['one rate-limit', 'two success'])
      // It asked to be left alone, and is.
      const during = await stage.load(20, 500, { stream: true })
      expect(servedBy(during)).toEqual({ two: 20 })
      for (const seen of during) expect(passedOver(seen)).toEqual(['one paused'])
      expect([one.arrived, two.arrived]).toEqual([1, 21])
      two.does(limited)
      expect(course(await stage.ask())).toEqual(['two rate-limit', 'three success'])
      three.does({ ...limited, retryAfter: '60' })
      // All are used up, and the first will be ready in longer than the route waits.
      const seen = await stage.burst(10)
      for (const { how, kind, attempts } of seen) {
        expect([how, kind]).toEqual(['failed', 'rate-limit'])
        expect(attempts.length).toBeLessThanOrEqual(1)
      }
      const arrived = [one.arrived, two.arrived, three.arrived]
      expect(arrived).toEqual([1, 22, 11])
      // Not one more call while all of them rest, and the caller is told how long that is.
      const { how, kind, retryAfterMs, attempts } = await stage.ask()
      expect([how, kind, attempts]).toEqual(['failed', 'rate-limit', []])
      expect(retryAfterMs).toBeGreaterThan(19_000)
      expect(retryAfterMs).toBeLessThan(21_000)
      expect([one.arrived, two.arrived, three.arrived]).toEqual(arrived)
      // A 429 is no outage: with the pause over, the next request is served, and no circuit had opened.
      one.does(up)
      await stage.wait(retryAfterMs ?? 0)
      expect(course(await stage.ask())).toEqual(['one success'])
      expect(stage.router.status().map(({ circuit }) => circuit)).toEqual(['closed', 'closed', 'closed'])
    },
  },
  {
    name: 'rate-limit exhaustion: a short Retry-After is sat out, spread over time',
    async play(stage) {
      const { one, two, three } = stage
      for (const service of [one, two, three]) service.does({ ...limited, retryAfter: '2' })
      await stage.ask({ leavesAfterMs: 100 })
      expect([one.arrived, two.arrived, three.arrived]).toEqual([1, 1, 1])
      const times: number[] = []
      for (const service of [one, two, three]) {
        service.does(({ at }) => {
          times.push(at)
          return up
        })
      }
      const seen = await stage.burst(40)
      expect(seen.every(({ how }) => how === 'answer')).toBe(true)
      for (const { attempts } of seen) expect(attempts).toMatchObject([{ reason: 'waited', outcome: 'success' }])
      // Nobody came before the time, and they did not all come at once.
      expect(Math.min(...times)).toBeGreaterThanOrEqual(2000)
      expect(new Set(times).size).toBeGreaterThan(20)
      expect(callsOf(seen)).toBe(40)
    },
  },
  {
    name: 'rate-limit exhaustion: a service that gives no time is asked again at growing intervals',
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'fail', status: 429 })
      const seen = await stage.load(240, 500)
      expect(servedBy(seen)).toEqual({ two: 240 })
      expect(two.arrived).toBe(240)
      // After 1, 2, 4, 8, 16, 32 and 60 s.
      expect(one.arrived).toBeGreaterThanOrEqual(6)
      expect(one.arrived).toBeLessThanOrEqual(8)
    },
  },
]
