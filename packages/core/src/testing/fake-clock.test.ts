import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sleep } from '../runtime/sleep.ts'
import { createFakeClock } from './fake-clock.ts'

describe('createFakeClock', () => {
  it('fires timers by their time, those of one time in the order they were set, each at its own time', async () => {
    const delays = fc.array(fc.oneof(fc.integer({ min: -5, max: 20 }), fc.double({ min: 0, max: 20, noNaN: true })), {
      maxLength: 60,
    })
    await fc.assert(
      fc.asyncProperty(delays, async (given) => {
        const clock = createFakeClock()
        const fired: [number, number, number][] = []
        for (const [order, delayMs] of given.entries()) {
          clock.schedule(delayMs, () => fired.push([Math.max(0, delayMs), order, clock.now()]))
        }
        expect(clock.pending).toBe(given.length)
        await clock.advance(20)
        expect(clock.pending).toBe(0)
        const expected = given.map((delayMs, order) => [Math.max(0, delayMs), order, Math.max(0, delayMs)])
        expected.sort(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y)
        expect(fired).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('never fires a cancelled timer, whenever it was cancelled, and counts those that run', async () => {
    const script = fc.array(
      fc.record({
        delayMs: fc.integer({ min: 0, max: 50 }),
        cancelAfterMs: fc.option(fc.integer({ min: 0, max: 60 })),
      }),
      { maxLength: 40 },
    )
    await fc.assert(
      fc.asyncProperty(script, async (timers) => {
        const clock = createFakeClock()
        const fired = new Set<number>()
        const running = timers.map(({ delayMs }, id) => clock.schedule(delayMs, () => fired.add(id)))
        for (let now = 0; now <= 60; now += 20) {
          timers.forEach(({ cancelAfterMs }, id) => {
            if (cancelAfterMs !== null && cancelAfterMs <= now) running[id]?.cancel()
          })
          const live = timers.filter(
            ({ delayMs, cancelAfterMs }) => delayMs > clock.now() && (cancelAfterMs === null || cancelAfterMs > now),
          )
          // Nothing has fired yet at time 0, not even what is due at once.
          if (now > 0) expect(clock.pending).toBe(live.length)
          await clock.advance(20)
        }
        timers.forEach(({ delayMs, cancelAfterMs }, id) => {
          const cancelledFirst = cancelAfterMs !== null && Math.ceil(cancelAfterMs / 20) * 20 < Math.max(delayMs, 1)
          expect(fired.has(id)).toBe(!cancelledFirst)
        })
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('cancels once: neither a second time nor after it fired changes the count', async () => {
    const clock = createFakeClock()
    const timer = clock.schedule(5, () => undefined)
    clock.schedule(10, () => undefined)
    timer.cancel()
    timer.cancel()
    expect(clock.pending).toBe(1)
    await clock.advance(10)
    timer.cancel()
    expect(clock.pending).toBe(0)
  })

  it('fires what timers set on their way, in its turn', async () => {
    const clock = createFakeClock()
    const times: number[] = []
    const again = (): void => {
      times.push(clock.now())
      if (times.length < 5) clock.schedule(10, again)
    }
    clock.schedule(0, again)
    await clock.advance(25)
    expect(times).toEqual([0, 10, 20])
    expect(clock.now()).toBe(25)
    await clock.advance(1000)
    expect(times).toEqual([0, 10, 20, 30, 40])
  })

  it('lets all that follows from a timer happen before the next one', async () => {
    const clock = createFakeClock()
    const log: string[] = []
    const work = async (name: string, delayMs: number): Promise<void> => {
      await sleep(clock, delayMs)
      for (let turn = 0; turn < 50; turn++) await Promise.resolve()
      log.push(`${name} at ${clock.now()}`)
    }
    void work('b', 11)
    void work('a', 10)
    await clock.advance(20)
    expect(log).toEqual(['a at 10', 'b at 11'])
  })

  it('lets chains of promises of any length and turns of the event loop end before the next timer', async () => {
    const clock = createFakeClock()
    const log: string[] = []
    clock.schedule(1, () => {
      void (async () => {
        for (let turn = 0; turn < 5000; turn++) await Promise.resolve()
        log.push('long chain')
      })()
    })
    clock.schedule(2, () => log.push('next timer'))
    await clock.advance(5)
    expect(log).toEqual(['long chain', 'next timer'])
  })

  it('runs until the work settles, and settles as it does', async () => {
    const clock = createFakeClock()
    clock.schedule(5000, () => undefined)
    await expect(clock.run(sleep(clock, 1000).then(() => 'done'))).resolves.toBe('done')
    expect(clock.now()).toBe(1000)
    await expect(clock.run(Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(clock.now()).toBe(1000)
    expect(clock.pending).toBe(1)
  })

  it('says so when the work waits for nothing that could come', async () => {
    const clock = createFakeClock()
    await expect(clock.run(new Promise(() => undefined))).rejects.toThrow('no timer')
  })

  it('tells the date along with the time', async () => {
    const clock = createFakeClock(1_000_000)
    await clock.advance(250)
    expect([clock.now(), clock.wallTime()]).toEqual([250, 1_000_250])
  })
})
