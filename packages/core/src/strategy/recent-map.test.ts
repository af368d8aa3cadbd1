import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentMap } from './recent-map.ts'

const uses = fc.array(fc.record({ key: fc.nat(30), afterMs: fc.nat(300) }), { maxLength: 200 })

describe('RecentMap', () => {
  it('knows the latest keys for as long as it should and not longer, and holds no more than it may', () => {
    fc.assert(
      fc.property(uses, fc.integer({ min: 2, max: 20 }), (script, most) => {
        const map = new RecentMap<number, number>(most, 1000)
        const setAt = new Map<number, number>()
        let now = 0
        script.forEach(({ key, afterMs }, index) => {
          now += afterMs
          map.set(key, index, now)
          setAt.delete(key)
          setAt.set(key, now)
          expect(map.get(key, now)).toBe(index)
          expect(map.size).toBeLessThanOrEqual(most + 1)
          // One generation is full of the latest, whatever else is in there.
          const latest = [...setAt].slice(-Math.floor(most / 2))
          for (const [known, at] of latest) expect(map.get(known, now) !== undefined).toBe(now - at < 1000)
          for (const [any, at] of setAt) if (now - at >= 1000) expect(map.get(any, now)).toBeUndefined()
        })
      }),
    )
  })
})
