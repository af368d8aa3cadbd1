import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../provider/json.ts'
import { leftMsOf, toSharedValue } from './shared-value.ts'

const trust = { maxSkewMs: 2000, maxMs: 60_000 }
const said = (at: number, forMs: number) => ({ by: 'other', at, forMs, reason: 'unknown' }) as const

describe('toSharedValue', () => {
  it('reads what was written, as JSON', () => {
    const value = { by: 'other', at: 1, forMs: 2, reason: 'rate-limit' } as const
    expect(toSharedValue(JSON.parse(JSON.stringify(value)) as JsonValue)).toEqual(value)
  })

  it('takes a reason that it does not know for unknown', () => {
    expect(toSharedValue({ by: 'other', at: 1, forMs: 2, reason: 'a kind of a later version' })?.reason).toBe('unknown')
  })

  it.each([
    [undefined],
    [null],
    [7],
    ['open'],
    [[]],
    [{}],
    [{ by: 'other', at: 1 }],
    [{ by: 'other', at: 1, forMs: '2' }],
    [{ by: 1, at: 1, forMs: 2 }],
    [{ by: 'other', at: null, forMs: 2 }],
  ])('does not read %j', (value) => {
    expect(toSharedValue(value)).toBeUndefined()
  })
})

describe('leftMsOf', () => {
  it('leaves its whole time to what seems no older than the skew', () => {
    for (const wallTime of [100_000, 101_000, 102_000]) {
      expect(leftMsOf(said(100_000, 5000), wallTime, trust)).toBe(5000)
    }
  })

  it('takes off the age beyond the skew', () => {
    expect(leftMsOf(said(100_000, 5000), 104_000, trust)).toBe(3000)
    expect(leftMsOf(said(100_000, 5000), 107_000, trust)).toBe(0)
  })

  it('never gives more than was said, than is allowed, or than the skew too much', () => {
    const wall = fc.integer({ min: 0, max: 10_000_000 })
    fc.assert(
      fc.property(wall, fc.integer({ min: 0, max: 1_000_000 }), wall, (at, forMs, wallTime) => {
        const left = leftMsOf(said(at, forMs), wallTime, trust)
        expect(left).toBeLessThanOrEqual(Math.min(forMs, 60_000))
        if (wallTime >= at) expect(left).toBeLessThanOrEqual(forMs - (wallTime - at) + 2000)
      }),
    )
  })
})
