import { expect } from 'vitest'
import type { Scenario } from '../../src/stage.ts'
import { course, passedOver, servedBy } from './expect.ts'

const impatient = {
  routes: {
    chat: {
      stages: [{ targets: ['one/m', 'two/m', 'three/m'] }],
      attemptMs: 4000,
      firstContentMs: 2000,
      idleMs: 1000,
      deadlineMs: 20_000,
    },
  },
}

export const latency: readonly Scenario[] = [
  {
    name: 'latency injection: slow, and within its time',
    options: impatient,
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'answer', delayMs: 1900, pieceMs: 900 })
      const seen = [...(await stage.burst(10)), ...(await stage.burst(10, { stream: true }))]
      expect(servedBy(seen)).toEqual({ one: 20 })
      expect([one.arrived, two.arrived]).toEqual([20, 0])
      for (const { attempts } of seen) expect(attempts[0]?.durationMs).toBeGreaterThanOrEqual(1900)
    },
  },
  {
    name: 'latency injection: slower than anybody waits',
    options: impatient,
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'answer', delayMs: 60_000 })
      const started = stage.now()
      const first = await stage.ask({ stream: true })
      expect(course(first)).toEqual(['one timeout', 'two success'])
      expect(stage.now() - started).toBe(2000)
      await stage.wait(0)
      expect(one.underWay).toBe(0)
      for (let request = 0; request < 4; request++) {
        expect(course(await stage.ask())).toEqual(['one timeout', 'two success'])
      }
      // Five calls that took too long: from here on nobody waits for it.
      const later = stage.now()
      const seen = await stage.burst(20)
      expect(servedBy(seen)).toEqual({ two: 20 })
      expect(stage.now()).toBe(later)
      expect([one.arrived, two.arrived]).toEqual([5, 25])
      one.does({ type: 'answer', delayMs: 100 })
      await stage.wait(5000)
      expect(course(await stage.ask())).toEqual(['one success'])
    },
  },
  {
    name: 'latency injection: everybody is slow, and the deadline holds',
    options: { routes: { chat: { ...impatient.routes.chat, stages: [{ targets: ['one/m', 'two/m'] }] } } },
    async play(stage) {
      const { one, two } = stage
      for (const service of [one, two]) service.does({ type: 'answer', delayMs: 60_000 })
      const started = stage.now()
      const seen = await stage.burst(3)
      for (const each of seen) {
        expect(each).toMatchObject({ how: 'failed', kind: 'timeout' })
        // Once more where nobody else is left.
        expect(course(each)).toEqual(['one timeout', 'two timeout', 'two timeout'])
      }
      expect(stage.now() - started).toBeLessThanOrEqual(20_000)
      await stage.wait(0)
      expect([one.arrived, two.arrived, one.underWay, two.underWay]).toEqual([3, 6, 0, 0])
    },
  },
  {
    name: 'silent stall before any content',
    options: impatient,
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'stall' })
      for (const stream of [false, true]) {
        expect(course(await stage.ask({ stream }))).toEqual(['one timeout', 'two success'])
      }
      // A stream that has begun, and half a whole answer, are no content either.
      one.does({ type: 'stall', pieces: [] })
      for (const stream of [false, true]) {
        expect(course(await stage.ask({ stream }))).toEqual(['one timeout', 'two success'])
      }
      await stage.wait(0)
      expect([one.arrived, two.arrived, one.underWay]).toEqual([4, 4, 0])
    },
  },
  {
    name: 'silent stall in the middle of a stream',
    options: impatient,
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'stall', pieces: ['he', 'll'] })
      const started = stage.now()
      expect(await stage.ask({ stream: true })).toMatchObject({
        how: 'interrupted',
        kind: 'timeout',
        text: 'hell',
        ends: 0,
      })
      expect(stage.now() - started).toBe(1000)
      await stage.wait(0)
      expect([one.arrived, two.arrived, one.underWay]).toEqual([1, 0, 0])
      // Whoever has enough sooner takes the call along.
      expect(await stage.ask({ stream: true, leavesAfterMs: 300 })).toMatchObject({ how: 'left', text: 'hell' })
      await stage.wait(0)
      expect([one.arrived, two.arrived, one.underWay]).toEqual([2, 0, 0])
    },
  },
  {
    name: 'slow drip: signs of life, and never any content',
    options: impatient,
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'drip', everyMs: 100 })
      for (const stream of [true, false]) {
        expect(course(await stage.ask({ stream }))).toEqual(['one timeout', 'two success'])
      }
      await stage.wait(0)
      expect([one.arrived, two.arrived, one.underWay]).toEqual([2, 2, 0])
    },
  },
  {
    name: 'slow drip: content, now faster and now slower than the idle clock',
    options: impatient,
    async play(stage) {
      const { one, two } = stage
      const pieces = Array.from('drop by drop')
      one.does({ type: 'answer', pieces, pieceMs: 900 })
      // It takes longer than any clock but the deadline, and is whole.
      expect(await stage.ask({ stream: true })).toMatchObject({ how: 'answer', provider: 'one', text: 'drop by drop' })
      one.does({ type: 'answer', pieces, pieceMs: 1100 })
      expect(await stage.ask({ stream: true })).toMatchObject({ how: 'interrupted', kind: 'timeout', text: 'd' })
      await stage.wait(0)
      expect([one.arrived, two.arrived, one.underWay]).toEqual([2, 0, 0])
    },
  },
  {
    name: 'clock skew: the date of the router jumps',
    options: impatient,
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'fail', status: 429, retryAfter: '30' })
      expect(course(await stage.ask())).toEqual(['one rate-limit', 'two success'])
      one.does({ type: 'answer' })
      // Neither a jump on nor one back ends the pause early or makes it longer.
      for (const byMs of [3_600_000, -7_200_000]) {
        stage.skew(byMs)
        expect(passedOver(await stage.ask())).toEqual(['one paused'])
      }
      await stage.wait(30_000)
      expect(course(await stage.ask())).toEqual(['one success'])
      // Clocks of calls do not mind either.
      one.does({ type: 'answer', delayMs: 1500 })
      const asked = stage.burst(2, { stream: true })
      await stage.wait(1000)
      stage.skew(86_400_000)
      expect(servedBy(await asked)).toEqual({ one: 2 })
      expect([one.arrived, two.arrived]).toEqual([4, 3])
    },
  },
  {
    name: 'clock skew: the date of a service is an hour ahead, or behind',
    async play(stage) {
      const { one, two } = stage
      const inTwoSeconds = (skewMs: number): string =>
        new Date(Date.UTC(2026, 0, 1) + stage.now() + skewMs).toUTCString()
      one.does(() => ({ type: 'fail', status: 429, retryAfter: inTwoSeconds(2000 - 3_600_000) }))
      // A date that is past is no leave to hammer: it rests as one that gave no time.
      const behind = await stage.load(60, 500)
      expect(servedBy(behind)).toEqual({ two: 60 })
      expect(one.arrived).toBeLessThanOrEqual(6)
      const arrived = one.arrived
      await stage.wait(60_000)
      one.does(() => ({ type: 'fail', status: 429, retryAfter: inTwoSeconds(2000 + 3_600_000) }))
      const ahead = await stage.load(60, 500)
      expect(servedBy(ahead)).toEqual({ two: 60 })
      expect(one.arrived).toBe(arrived + 1)
      expect(two.arrived).toBe(120)
      // It is believed, and it ends.
      one.does({ type: 'answer' })
      await stage.wait(3_600_000)
      expect(course(await stage.ask())).toEqual(['one success'])
    },
  },
]
