import { describe, expect, it } from 'vitest'
import type { Clock } from '../provider/call-options.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sleep } from './sleep.ts'
import { systemClock } from './system-clock.ts'

/** A clock whose timers fire sooner than asked. */
function hastyClock(inner: Clock, sooner: (delayMs: number) => number): Clock {
  return {
    now: () => inner.now(),
    wallTime: () => inner.wallTime(),
    schedule: (delayMs, run) => inner.schedule(sooner(delayMs), run),
  }
}

describe('sleep', () => {
  it('resolves after the delay, not before, and leaves nothing', async () => {
    const clock = createFakeClock()
    let awake = false
    const slept = sleep(clock, 100).then(() => (awake = true))
    await clock.advance(99)
    expect(awake).toBe(false)
    await clock.advance(1)
    expect(awake).toBe(true)
    expect(clock.pending).toBe(0)
    await slept
  })

  it('rejects at once with the reason of a signal that has aborted, without a timer', async () => {
    const clock = createFakeClock()
    const reason = new Error('gone')
    await expect(sleep(clock, 100, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(clock.pending).toBe(0)
  })

  it('rejects with the reason as soon as the signal aborts, whatever it is, and stops its timer', async () => {
    for (const reason of [new Error('gone'), 'a text', 0, null]) {
      const clock = createFakeClock()
      const controller = new AbortController()
      const slept = sleep(clock, 100, controller.signal)
      controller.abort(reason)
      await expect(slept).rejects.toBe(reason)
      expect(clock.pending).toBe(0)
    }
  })

  it('takes its listener off the signal once it has slept', async () => {
    const clock = createFakeClock()
    const { signal } = new AbortController()
    let listeners = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...given: Parameters<typeof add>) => (listeners++, add(...given))
    signal.removeEventListener = (...given: Parameters<typeof remove>) => (listeners--, remove(...given))
    const slept = sleep(clock, 100, signal)
    expect(listeners).toBe(1)
    await clock.advance(100)
    await slept
    expect(listeners).toBe(0)
  })

  it('never wakes early, though timers may fire a fraction of a millisecond too soon', async () => {
    const inner = createFakeClock()
    const hasty = hastyClock(inner, (delayMs) => delayMs - 0.7)
    const startedAt = inner.now()
    await inner.run(sleep(hasty, 1000))
    expect(inner.now() - startedAt).toBeGreaterThanOrEqual(1000)
    expect(inner.pending).toBe(0)
  })

  it('can be left while it sits out what an early timer left over', async () => {
    const inner = createFakeClock()
    const hasty = hastyClock(inner, (delayMs) => delayMs / 2)
    const controller = new AbortController()
    const slept = sleep(hasty, 1000, controller.signal)
    await inner.advance(600)
    controller.abort(new Error('gone'))
    await expect(slept).rejects.toThrow('gone')
    expect(inner.pending).toBe(0)
  })
})

describe('systemClock', () => {
  it('goes on, tells the date, fires and cancels', async () => {
    const startedAt = systemClock.now()
    expect(Math.abs(systemClock.wallTime() - Date.now())).toBeLessThan(1000)
    const fired: string[] = []
    const cancelled = systemClock.schedule(0, () => fired.push('cancelled'))
    cancelled.cancel()
    await new Promise<void>((resolve) => systemClock.schedule(1, resolve))
    expect(fired).toEqual([])
    expect(systemClock.now()).toBeGreaterThan(startedAt)
  })

  it('holds a timer of more than 31 bits instead of firing it at once, and takes a negative delay for none', async () => {
    let fired = false
    const long = systemClock.schedule(2 ** 40, () => (fired = true))
    await new Promise<void>((resolve) => systemClock.schedule(-5, resolve))
    expect(fired).toBe(false)
    long.cancel()
  })
})
