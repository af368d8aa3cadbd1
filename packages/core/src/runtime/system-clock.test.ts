import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './system-clock.ts'

describe('the system clock', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tells whole milliseconds that do not run backwards', () => {
    const before = systemClock.now()
    expect(Number.isInteger(before)).toBe(true)
    expect(systemClock.now()).toBeGreaterThanOrEqual(before)
    expect(Math.abs(before - performance.now())).toBeLessThan(10_000)
  })

  it('goes by fake timers while they are in place, and by the real ones again', () => {
    const before = systemClock.now()
    vi.useFakeTimers()
    const faked = systemClock.now()
    let rang = false
    systemClock.schedule(1000, () => (rang = true))
    vi.advanceTimersByTime(1000)
    expect([systemClock.now() - faked, rang]).toEqual([1000, true])
    vi.useRealTimers()
    expect(systemClock.now()).toBeGreaterThanOrEqual(before)
    expect(systemClock.now() - before).toBeLessThan(10_000)
  })
})
