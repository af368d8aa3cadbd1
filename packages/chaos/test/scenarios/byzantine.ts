import { expect } from 'vitest'
import type { Scenario } from '../../src/stage.ts'
import { course } from './expect.ts'

const both = [false, true] as const

const watched = {
  routes: { chat: { stages: [{ targets: ['one/m', 'two/m', 'three/m'] }], attemptMs: 5000, deadlineMs: 20_000 } },
}

export const byzantine: readonly Scenario[] = [
  {
    name: 'byzantine answers: wrong shape',
    async play({ one, two, three, ask, router }) {
      one.does({ type: 'shapeless' })
      two.does({ type: 'shapeless' })
      for (const stream of both) {
        const seen = await ask({ stream })
        expect(course(seen)).toEqual(['one malformed', 'two malformed', 'three success'])
        expect(seen.text).toBe('hello')
      }
      // With nobody else it is tried once more, and is an error that says what it is.
      three.does({ type: 'shapeless' })
      const seen = await ask()
      expect(seen).toMatchObject({ how: 'failed', kind: 'malformed' })
      expect(course(seen)).toEqual(['one malformed', 'two malformed', 'three malformed', 'three malformed'])
      expect([one.arrived, two.arrived, three.arrived]).toEqual([3, 3, 4])
      expect(router.status().map(({ failures }) => failures)).toEqual([3, 3, 2])
    },
  },
  {
    name: 'byzantine answers: wrong model',
    async play({ one, two, three, ask }) {
      for (const [service, name] of [
        [one, 'one'],
        [two, 'two'],
        [three, 'three'],
      ] as const) {
        service.does({ type: 'answer', model: 'somebody-else' })
        const before = service.arrived
        for (const stream of both) {
          const seen = await ask({ stream })
          // It is an answer, and says who gave it; the ledger keeps what was asked for.
          expect(seen).toMatchObject({ how: 'answer', provider: name, model: 'somebody-else', text: 'hello' })
          expect(seen.attempts.at(-1)).toMatchObject({ model: 'm', outcome: 'success' })
        }
        expect(service.arrived).toBe(before + 2)
        service.does({ type: 'fail', status: 404 })
        await ask()
      }
    },
  },
  {
    name: 'byzantine answers: empty',
    async play({ one, two, three, ask }) {
      one.does({ type: 'empty' })
      two.does({ type: 'empty' })
      for (const stream of both) {
        const seen = await ask({ stream })
        expect(course(seen)).toEqual(['one empty', 'two empty', 'three success'])
        expect(seen).toMatchObject({ text: 'hello', ends: 1 })
      }
      three.does({ type: 'empty' })
      expect(await ask({ stream: true })).toMatchObject({ how: 'failed', kind: 'empty', ends: 0 })
      expect([one.arrived, two.arrived, three.arrived]).toEqual([3, 3, 4])
    },
  },
  {
    name: 'byzantine answers: endless',
    options: watched,
    async play({ one, two, three, ask, now, wait }) {
      one.does({ type: 'endless', everyMs: 500 })
      // A whole answer that never ends is none; its call ends at its socket.
      expect(course(await ask())).toEqual(['one timeout', 'two success'])
      const started = now()
      const seen = await ask({ stream: true })
      expect(seen).toMatchObject({ how: 'interrupted', kind: 'timeout', ends: 0 })
      expect(now() - started).toBe(20_000)
      expect(seen.text).toBe('more '.repeat(40))
      await wait(0)
      expect([one.arrived, two.arrived, three.arrived, one.underWay]).toEqual([2, 1, 0, 0])
    },
  },
  {
    name: 'byzantine answers: duplicated events',
    async play({ one, two, three, ask }) {
      for (const service of [one, two, three]) service.does({ type: 'twice', pieces: ['hel', 'lo'] })
      for (const [service, name] of [
        [one, 'one'],
        [two, 'two'],
        [three, 'three'],
      ] as const) {
        const before = service.arrived
        for (const stream of both) {
          const seen = await ask({ stream })
          expect(seen).toMatchObject({ how: 'answer', provider: name, text: 'hello', ends: 1 })
        }
        // What came after the end is nobody's: the next answer begins at its beginning.
        expect(await ask({ stream: true })).toMatchObject({ text: 'hello', ends: 1 })
        expect(service.arrived).toBe(before + 3)
        service.does({ type: 'fail', status: 404 })
        await ask()
      }
    },
  },
]
