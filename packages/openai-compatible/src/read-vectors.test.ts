import { Buffer } from 'node:buffer'
import { expect, it, test } from 'vitest'
import { readVectors } from './read-vectors.ts'

it('puts vectors where their index says, or in the order of the list', () => {
  const packed = Buffer.from(new Float32Array([0.5, -2]).buffer).toString('base64')
  const data = [
    { index: 1, embedding: packed },
    { index: 0, embedding: [1] },
  ]
  expect(readVectors(data, 2)).toEqual([[1], [0.5, -2]])
  expect(readVectors([{ embedding: [1] }, { index: null, embedding: [2] }], 2)).toEqual([[1], [2]])
  expect(readVectors([], 0)).toEqual([])
})

test.each([2, 50_000_000, 4_294_967_294, 2 ** 53, -1, 0.5, '0', Number.NaN, {}])(
  'an index of %j is none, and takes no time',
  (index) => {
    const data = [
      { index: 1, embedding: [1] },
      { index, embedding: [2] },
    ]
    expect(readVectors(data, 2)).toBeUndefined()
  },
)

test.each<unknown>([
  undefined,
  {},
  [],
  [{ embedding: [1] }],
  [{ embedding: [1] }, null],
  [{ embedding: [1] }, { embedding: [] }],
  [{ embedding: [1] }, { embedding: ['1'] }],
  [{ embedding: [1] }, { embedding: 'AAAA' }],
  [{ embedding: [1] }, { index: 0, embedding: [2] }],
  [{ embedding: [1] }, { embedding: [2] }, { embedding: [3] }],
])('%j has not two vectors', (data) => {
  expect(readVectors(data, 2)).toBeUndefined()
})
