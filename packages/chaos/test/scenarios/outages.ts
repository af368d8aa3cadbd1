import { expect } from 'vitest'
import type { Scenario, Stage } from '../../src/stage.ts'
import { callsOf, course, passedOver, servedBy } from './expect.ts'

const down = { type: 'fail', status: 500 } as const
const up = { type: 'answer' } as const

/** Until the target may be called again. */
async function untilReady(stage: Stage, target: string): Promise<void> {
  await stage.wait(stage.router.status().find((status) => status.target === target)?.readyInMs ?? 0)
}

function circuit({ router }: Stage, target: string): string | undefined {
  return router.status().find((status) => status.target === target)?.circuit
}

/** Asks until the circuit of the service is open; each of the requests finds it out for itself. */
async function breakCircuit(stage: Stage, name: 'one' | 'two' | 'three'): Promise<number> {
  let requests = 0
  while (circuit(stage, `${name}/m`) === 'closed') {
    await stage.ask()
    requests++
  }
  return requests
}

export const outages: readonly Scenario[] = [
  {
    name: 'single outage',
    async play(stage) {
      const { one, two, three } = stage
      expect(course(await stage.ask())).toEqual(['one success'])
      one.does(down)
      const during = await stage.load(5, 1000)
      for (const seen of during) expect(course(seen)).toEqual(['one server', 'two success'])
      // The circuit is open: from here on no request pays for the outage.
      for (const stream of [false, true]) {
        const seen = await stage.ask({ stream })
        expect(course(seen)).toEqual(['two success'])
        expect(passedOver(seen)).toEqual(['one circuit-open'])
        expect(seen.text).toBe('hello')
      }
      expect([one.arrived, two.arrived, three.arrived]).toEqual([6, 7, 0])
      one.does(up)
      await untilReady(stage, 'one/m')
      // One call finds out that it is over.
      expect(course(await stage.ask())).toEqual(['one success'])
      expect(circuit(stage, 'one/m')).toBe('closed')
      expect(one.arrived).toBe(7)
    },
  },
  {
    name: 'single outage that lasts: each look at it costs one call, and looks get rarer',
    async play(stage) {
      const { one, two } = stage
      one.does(down)
      const seen = await stage.load(600, 500)
      expect(servedBy(seen)).toEqual({ two: 600 })
      expect(two.arrived).toBe(600)
      // Five to open the circuit, then looks after about 5, 10, 20, 40, 80 and 160 s.
      expect(one.arrived).toBeGreaterThanOrEqual(9)
      expect(one.arrived).toBeLessThanOrEqual(12)
    },
  },
  {
    name: 'cascading outages',
    async play(stage) {
      const { one, two, three } = stage
      one.does(down)
      expect(await breakCircuit(stage, 'one')).toBe(5)
      expect([one.arrived, two.arrived, three.arrived]).toEqual([5, 5, 0])
      two.does(down)
      expect(await breakCircuit(stage, 'two')).toBe(5)
      expect([two.arrived, three.arrived]).toEqual([10, 5])
      expect(course(await stage.ask())).toEqual(['three success'])
      three.does(down)
      for (let request = 0; circuit(stage, 'three/m') === 'closed'; request++) {
        expect(request).toBeLessThan(5)
        expect(await stage.ask({ stream: request % 2 === 0 })).toMatchObject({ how: 'failed', kind: 'server' })
      }
      const before = one.arrived + two.arrived + three.arrived
      // All are shut out: one call goes to the least bad all the same, and the caller learns when to come again.
      const last = await stage.ask()
      expect(last).toMatchObject({ how: 'failed', kind: 'server', attempts: [{ reason: 'forced' }] })
      expect(last.retryAfterMs).toBeGreaterThan(0)
      expect(one.arrived + two.arrived + three.arrived).toBe(before + 1)
      // The first that is well again serves the very next request, open circuit or not.
      for (const service of [one, two, three]) service.does(up)
      const back = await stage.ask()
      expect(back).toMatchObject({ how: 'answer', attempts: [{ reason: 'forced' }] })
    },
  },
  {
    name: 'partial degradation: one call in three fails',
    async play(stage) {
      const { one, two, three } = stage
      one.does(({ number }) => (number % 3 === 0 ? down : up))
      const seen = [...(await stage.load(30, 300)), ...(await stage.load(30, 300, { stream: true }))]
      expect(servedBy(seen)).toEqual({ one: 40, two: 20 })
      expect([one.arrived, two.arrived, three.arrived]).toEqual([60, 20, 0])
      expect(seen.every(({ text }) => text === 'hello')).toBe(true)
      expect(circuit(stage, 'one/m')).toBe('closed')
    },
  },
  {
    name: 'partial degradation: two calls in three fail',
    async play(stage) {
      const { one, two } = stage
      let opened = 0
      stage.router.onEvent(({ type }) => void (type === 'circuit-opened' && opened++))
      one.does(({ number }) => (number % 3 === 0 ? up : down))
      const seen = await stage.load(60, 300)
      // Worse than half: shut out, though never so many fail in a row.
      expect(opened).toBeGreaterThan(0)
      expect(seen.every(({ how }) => how === 'answer')).toBe(true)
      expect(one.arrived).toBeLessThan(25)
      expect(callsOf(seen)).toBe(one.arrived + two.arrived)
    },
  },
  {
    name: 'flapping: up and down faster than a circuit looks',
    async play(stage) {
      const { one, two } = stage
      one.does(({ at }) => (Math.floor(at / 3000) % 2 === 0 ? down : up))
      const seen = await stage.load(400, 200)
      expect(seen.every(({ how }) => how === 'answer')).toBe(true)
      for (const { attempts } of seen) expect(attempts.length).toBeLessThanOrEqual(2)
      const failed = callsOf(seen) - seen.length
      expect(failed).toBeLessThan(60)
      expect(one.arrived + two.arrived).toBe(seen.length + failed)
    },
  },
  {
    name: 'recovery stampede: a hundred callers at the moment of the first look',
    async play(stage) {
      const { one, two } = stage
      one.does(down)
      await breakCircuit(stage, 'one')
      await untilReady(stage, 'one/m')
      // Still weak: it would go down again under a hundred.
      one.does(({ underWay }) => (underWay > 3 ? down : { type: 'answer', delayMs: 400 }))
      const before = { one: one.arrived, two: two.arrived }
      const seen = await stage.burst(100)
      expect(seen.every(({ how }) => how === 'answer')).toBe(true)
      expect(servedBy(seen)).toEqual({ one: 3, two: 97 })
      expect([one.arrived, two.arrived]).toEqual([before.one + 3, before.two + 97])
      for (const { attempts } of seen) expect(attempts).toHaveLength(1)
      expect(circuit(stage, 'one/m')).toBe('closed')
    },
  },
  {
    name: 'recovery stampede: the looks fail, and nobody else pays',
    async play(stage) {
      const { one, two } = stage
      one.does(down)
      await breakCircuit(stage, 'one')
      await untilReady(stage, 'one/m')
      one.does({ ...down, delayMs: 300 })
      const before = { one: one.arrived, two: two.arrived }
      const seen = await stage.burst(100, { stream: true })
      expect(servedBy(seen)).toEqual({ two: 100 })
      expect([one.arrived, two.arrived]).toEqual([before.one + 3, before.two + 100])
      expect(seen.filter(({ attempts }) => attempts.length === 2)).toHaveLength(3)
      expect(circuit(stage, 'one/m')).toBe('open')
    },
  },
]
