import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createSteppedClock } from './stepped-clock.ts'

describe('createSteppedClock', () => {
  it('fires timers by their time, one by one, and stops when the work is done', async () => {
    const clock = createSteppedClock(() => setImmediate())
    const fired: string[] = []
    const at = (ms: number, name: string) => clock.schedule(ms, () => fired.push(`${name} at ${clock.now()}`))
    at(20, 'b')
    at(10, 'a')
    at(20, 'c')
    at(15, 'cancelled').cancel()
    at(90, 'late')
    const work = new Promise<string>((resolve) => clock.schedule(30, () => resolve('done')))
    expect(await clock.run(work)).toBe('done')
    expect(fired).toEqual(['a at 10', 'b at 20', 'c at 20'])
    expect(clock.pending).toBe(1)
  })

  it('waits for what follows before time goes on', async () => {
    let turns = 0
    const clock = createSteppedClock(async () => {
      for (let turn = 0; turn < 5; turn++) await setImmediate()
      turns++
    })
    const seen: number[] = []
    clock.schedule(1, () => {
      void setImmediate()
        .then(() => setImmediate())
        .then(() => seen.push(clock.now()))
    })
    await clock.run(new Promise<void>((resolve) => clock.schedule(2, resolve)))
    expect(seen).toEqual([1])
    expect(turns).toBe(3)
  })

  it('says so when no timer will bring what the work waits for, and passes its failure on', async () => {
    const clock = createSteppedClock(() => setImmediate())
    await expect(clock.run(new Promise(() => {}))).rejects.toThrow('no timer')
    await expect(clock.run(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })

  it('counts timers that hold, and keeps the date apart from the time', () => {
    const clock = createSteppedClock(() => setImmediate())
    const timer = clock.schedule(5, () => {})
    timer.unref?.()
    expect(clock.pending).toBe(0)
    timer.ref?.()
    expect(clock.pending).toBe(1)
    timer.cancel()
    timer.cancel()
    expect(clock.pending).toBe(0)
    const date = clock.wallTime()
    clock.skew(-1000)
    expect([clock.now(), clock.wallTime()]).toEqual([0, date - 1000])
  })
})
