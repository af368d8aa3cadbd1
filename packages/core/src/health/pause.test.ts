import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureKinds } from '../errors/failure-kind.ts'
import type { FailureKind } from '../errors/failure-kind.ts'
import { Pause } from './pause.ts'

const rules = { firstMs: 1000, maxMs: 60_000 }

describe('Pause', () => {
  it('ends when the latest of all ends given comes, for the reason given with it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }), (ends) => {
        const pause = new Pause()
        const reasonAt = (position: number): FailureKind => failureKinds[position % failureKinds.length] ?? 'unknown'
        for (const [position, end] of ends.entries()) pause.extend(end, reasonAt(position))
        const latest = Math.max(...ends)
        expect(pause.until).toBe(latest)
        expect(pause.reason).toBe(reasonAt(ends.indexOf(latest)))
      }),
    )
  })

  it('is over at the start', () => {
    expect(new Pause().until).toBe(0)
  })

  it('doubles with each failure after a pause, up to the longest', () => {
    const pause = new Pause()
    let now = 5
    for (const lastsMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
      pause.escalate(rules, now, 'quota')
      expect(pause.until).toBe(now + lastsMs)
      now = pause.until
    }
  })

  it('stays finite and within bounds after thousands of failures', () => {
    const pause = new Pause()
    for (let failure = 0; failure < 3000; failure++) pause.escalate(rules, pause.until, 'quota')
    const last = pause.until
    pause.escalate(rules, last, 'quota')
    expect(pause.until - last).toBe(60_000)
  })

  it('has no length of 0 turn to something that never ends', () => {
    const pause = new Pause()
    for (let failure = 0; failure < 1100; failure++) pause.escalate({ firstMs: 0, maxMs: 0 }, 5, 'quota')
    expect(pause.until).toBe(5)
  })

  it('takes the failures of calls that were under way together for one', () => {
    const pause = new Pause()
    for (const at of [0, 10, 10, 500, 999]) {
      pause.escalate(rules, at, 'rate-limit')
      expect(pause.until - at).toBe(1000)
    }
    pause.escalate(rules, pause.until, 'rate-limit')
    expect(pause.until).toBe(1999 + 2000)
  })

  it('starts anew after a success, and keeps a pause that still runs', () => {
    const pause = new Pause()
    pause.escalate(rules, 0, 'quota')
    pause.escalate(rules, 1000, 'quota')
    pause.recovered()
    expect(pause.until).toBe(3000)
    pause.escalate(rules, 3000, 'quota')
    expect(pause.until).toBe(4000)
  })

  it('lasts at least as long as asked, and is never cut by a shorter one', () => {
    const lastsMs = fc.integer({ min: 0, max: 100_000 })
    const step = fc.record({ afterMs: lastsMs, atLeastMs: lastsMs, escalates: fc.boolean(), recovers: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const pause = new Pause()
        let now = 0
        let latest = 0
        for (const { afterMs, atLeastMs, escalates, recovers } of steps) {
          now += afterMs
          if (escalates) {
            pause.escalate(rules, now, 'quota', atLeastMs)
            expect(pause.until).toBeGreaterThanOrEqual(now + Math.max(rules.firstMs, atLeastMs))
            expect(pause.until).toBeLessThanOrEqual(Math.max(latest, now + Math.max(rules.maxMs, atLeastMs)))
          } else pause.extend(now + atLeastMs, 'rate-limit')
          if (recovers) pause.recovered()
          expect(pause.until).toBeGreaterThanOrEqual(latest)
          latest = pause.until
        }
      }),
    )
  })
})
