import { expect, it } from 'vitest'
import { medianRatio, quantile } from './statistics.ts'

it.each([
  [[3, 1, 2], 0.5, 2],
  [[4, 1, 2, 3], 0.5, 2.5],
  [[10, 20, 30], 0, 10],
  [[10, 20, 30], 1, 30],
  [[10, 20], 0.25, 12.5],
])('quantile of %j at %d', (values, share, expected) => {
  expect(quantile(values, share)).toBe(expected)
})

it('compares round by round, so that a slow round does not count', () => {
  expect(medianRatio([2, 200, 2], [1, 100, 1])).toBe(2)
  expect(medianRatio([2, 4, 6], [1, 1, 1])).toBe(4)
})
