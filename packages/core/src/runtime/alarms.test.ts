import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import type { Alarm } from './alarms.ts'
import { Alarms } from './alarms.ts'

/** What one alarm does: set at first, moved or cancelled on the way. */
const script = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 40 }),
    type: fc.constantFrom('set', 'set', 'set', 'move', 'cancel'),
    which: fc.nat(),
    lengthMs: fc.integer({ min: 0, max: 200 }),
  }),
  { maxLength: 60 },
)

describe('Alarms', () => {
  it('ring each alarm once, at its time as it was last moved, unless it was cancelled', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        const clock = createFakeClock()
        const alarms = new Alarms(clock)
        const rung: number[][] = []
        const expected: (number | undefined)[] = []
        const running: Alarm[] = []
        for (const { afterMs, type, which, lengthMs } of steps) {
          await clock.advance(afterMs)
          const now = clock.now()
          const id = which % Math.max(1, running.length)
          // An alarm that was cancelled or has rung is not touched again.
          const live = running.length > 0 && rung[id]?.length === 0 && expected[id] !== undefined
          if (type === 'set') {
            const times: number[] = []
            rung.push(times)
            expected.push(now + lengthMs)
            running.push(alarms.set(now + lengthMs, now, { ring: () => times.push(clock.now()) }))
          } else if (live && type === 'move') {
            running[id]?.move(now + lengthMs, now)
            expected[id] = now + lengthMs
          } else if (live) {
            running[id]?.cancel()
            expected[id] = undefined
          }
        }
        await clock.advance(300)
        expect(rung).toEqual(expected.map((at) => (at === undefined ? [] : [at])))
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it('do not ring an alarm that another, due at the same time, has cancelled', async () => {
    const clock = createFakeClock()
    const alarms = new Alarms(clock)
    const rung: string[] = []
    const pair: Alarm[] = []
    for (const name of ['one', 'other']) {
      const ring = (): void => {
        rung.push(name)
        for (const alarm of pair) alarm.cancel()
      }
      pair.push(alarms.set(10, 0, { ring }))
    }
    await clock.advance(20)
    expect(rung).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('do not ring an alarm early that another, due at the same time, has moved', async () => {
    const clock = createFakeClock()
    const alarms = new Alarms(clock)
    const rung: string[] = []
    const moved: Alarm[] = []
    moved.push(alarms.set(10, 0, { ring: () => rung.push(`moved at ${clock.now()}`) }))
    alarms.set(10, 0, { ring: () => moved[0]?.move(50, 10) })
    await clock.advance(20)
    expect(rung).toEqual([])
    await clock.advance(40)
    expect(rung).toEqual(['moved at 50'])
  })

  it('ring on time when there are very many', async () => {
    const clock = createFakeClock()
    const alarms = new Alarms(clock)
    const late: number[] = []
    for (let alarm = 0; alarm < 2000; alarm++) {
      const dueAt = (alarm * 37) % 1000
      alarms.set(dueAt, 0, { ring: () => late.push(clock.now() - dueAt) })
    }
    await clock.advance(2000)
    expect(late).toHaveLength(2000)
    expect(new Set(late)).toEqual(new Set([0]))
  })

  it('leave no timer once they are disposed of', async () => {
    const clock = createFakeClock()
    const alarms = new Alarms(clock)
    let rung = 0
    alarms.set(10, 0, { ring: () => rung++ })
    alarms.dispose()
    expect(clock.pending).toBe(0)
    await clock.advance(50)
    expect(rung).toBe(0)
  })
})
