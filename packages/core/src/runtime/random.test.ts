import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeededRandom, systemRandom } from './random.ts'

function draw(seed: number, count: number): number[] {
  const random = createSeededRandom(seed)
  return Array.from({ length: count }, () => random())
}

describe('createSeededRandom', () => {
  it('repeats for the same seed and differs for another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 2 }), (seed) => {
        expect(draw(seed, 20)).toEqual(draw(seed, 20))
        expect(draw(seed, 20)).not.toEqual(draw(seed + 1, 20))
      }),
    )
  })

  it('draws from 0 up to, not including, 1, with the mean and spread of an even distribution', () => {
    for (const seed of [0, 1, 42, 4_294_967_295]) {
      const draws = draw(seed, 50_000)
      for (const value of draws) if (value < 0 || value >= 1) expect.fail(`seed ${seed} drew ${value}`)
      const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
      const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length
      expect(mean).toBeCloseTo(1 / 2, 2)
      expect(variance).toBeCloseTo(1 / 12, 2)
    }
  })

  it('does not follow itself: neighbouring draws are not correlated', () => {
    const draws = draw(3, 50_000)
    let covariance = 0
    for (let at = 1; at < draws.length; at++) covariance += (draws[at]! - 0.5) * (draws[at - 1]! - 0.5)
    expect(Math.abs(covariance / draws.length)).toBeLessThan(0.002)
  })

  it('shares nothing between two generators', () => {
    const one = createSeededRandom(5)
    const other = createSeededRandom(5)
    one()
    one()
    expect([other(), other()]).toEqual(draw(5, 2))
  })
})

describe('systemRandom', () => {
  it('draws from 0 up to 1, and not the same twice', () => {
    const draws = Array.from({ length: 100 }, () => systemRandom())
    for (const value of draws) expect(value >= 0 && value < 1).toBe(true)
    expect(new Set(draws).size).toBeGreaterThan(95)
  })
})
