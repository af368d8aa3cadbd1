import { expect } from 'vitest'
import type { Scenario } from '../../src/stage.ts'
import { course, passedOver, servedBy } from './expect.ts'

export const network: readonly Scenario[] = [
  {
    name: 'network partition: connections are refused',
    async play(stage) {
      const { one, two } = stage
      await stage.ask()
      await one.cutOff('refused')
      for (const seen of await stage.load(5, 500)) expect(course(seen)).toEqual(['one network', 'two success'])
      const seen = await stage.ask({ stream: true })
      expect(course(seen)).toEqual(['two success'])
      expect(passedOver(seen)).toEqual(['one circuit-open'])
      expect([one.arrived, one.lost, two.arrived]).toEqual([1, 5, 6])
      await one.reconnect()
      await stage.wait(5000)
      expect(course(await stage.ask())).toEqual(['one success'])
      expect([one.arrived, one.lost]).toEqual([2, 5])
    },
  },
  {
    name: 'network partition: nothing that is sent arrives',
    options: {
      routes: { chat: { stages: [{ targets: ['one/m', 'two/m'] }], attemptMs: 3000, firstContentMs: 2000 } },
    },
    async play(stage) {
      const { one, two } = stage
      await one.cutOff('silent')
      for (const stream of [false, true]) {
        const seen = await stage.burst(2, { stream })
        for (const each of seen) expect(course(each)).toEqual(['one timeout', 'two success'])
      }
      expect(course(await stage.ask())).toEqual(['one timeout', 'two success'])
      expect(course(await stage.ask())).toEqual(['two success'])
      await stage.wait(0)
      expect([one.arrived, one.lost, two.arrived, one.underWay]).toEqual([0, 5, 6, 0])
      await one.reconnect()
      await stage.wait(5000)
      expect(course(await stage.ask({ stream: true }))).toEqual(['one success'])
    },
  },
  {
    name: 'network partition: the router alone on its side',
    async play(stage) {
      const { one, two, three } = stage
      const all = [one, two, three]
      for (const service of all) await service.cutOff('refused')
      const seen = await stage.ask()
      expect(seen).toMatchObject({ how: 'failed', kind: 'network' })
      expect(all.map(({ arrived }) => arrived)).toEqual([0, 0, 0])
      // Two calls beside the first round: the last target is called again, for there is nobody else.
      expect(course(seen)).toEqual(['one network', 'two network', ...Array<string>(3).fill('three network')])
      for (const service of all) await service.reconnect()
      expect(course(await stage.ask())).toEqual(['one success'])
    },
  },
  {
    name: 'network partition: calls under way are cut',
    async play(stage) {
      const { one, two } = stage
      one.does({ type: 'answer', pieces: ['he', 'llo'], delayMs: 1000, pieceMs: 1000 })
      const whole = stage.burst(3)
      const streamed = stage.burst(3, { stream: true })
      await stage.wait(1500)
      await one.cutOff('refused')
      // Whole answers had arrived, streams had begun.
      expect(servedBy(await whole)).toEqual({ one: 3 })
      for (const seen of await streamed) {
        expect(seen).toMatchObject({ how: 'interrupted', text: 'he' })
        expect(['network', 'truncated']).toContain(seen.kind)
      }
      expect(course(await stage.ask())).toEqual(['one network', 'two success'])
      expect([one.arrived, one.lost, two.arrived]).toEqual([6, 1, 1])
      await one.reconnect()
    },
  },
  broken('half-close'),
  broken('reset'),
]

/** A service whose connections end so, sooner or later. */
function broken(type: 'half-close' | 'reset'): Scenario {
  return {
    name: type === 'half-close' ? 'half-close: no more bytes, and no end' : 'connections reset',
    async play(stage) {
      const { one, two } = stage
      const kinds = ['network', 'truncated']
      one.does({ type })
      // Before any content: somebody else answers, unseen.
      for (const stream of [false, true]) {
        const seen = await stage.ask({ stream })
        expect(seen).toMatchObject({ how: 'answer', provider: 'two', text: 'hello', ends: 1 })
        expect(kinds).toContain(seen.attempts[0]?.kind)
      }
      expect([one.arrived, two.arrived]).toEqual([2, 2])
      // After it: the caller is told, and has what came. Half an answer is never passed off as a whole one.
      one.does({ type, pieces: ['hel', 'lo'] })
      const seen = await stage.ask({ stream: true })
      expect(seen).toMatchObject({ how: 'interrupted', ends: 0 })
      expect(kinds).toContain(seen.kind)
      if (type === 'half-close') expect(seen.text).toBe('hello')
      expect([one.arrived, two.arrived]).toEqual([3, 2])
      one.does({ type: 'answer' })
      expect(course(await stage.ask({ stream: true }))).toEqual(['one success'])
    },
  }
}
