import { Buffer } from 'node:buffer'
import { isRecord } from './wire.ts'

/**
 * The vectors of a list, each where its `index` says: the order of the list is not promised.
 *
 * @param data the list, of `{ index, embedding }`; vectors are lists of numbers, or base64 of 32-bit floats
 * @returns undefined where it does not hold one vector for each of `count` texts
 */
export function readVectors(data: unknown, count: number): (readonly number[])[] | undefined {
  if (!Array.isArray(data) || data.length !== count) return undefined
  // Not a list, which an index far outside would stretch to billions of holes.
  const vectors = new Map<unknown, readonly number[]>()
  for (const [position, entry] of data.entries()) {
    const vector = isRecord(entry) ? readVector(entry['embedding']) : undefined
    if (vector !== undefined) vectors.set((entry as { readonly index?: unknown }).index ?? position, vector)
  }
  const found = Array.from({ length: count }, (_, index) => vectors.get(index) ?? [])
  return found.every(({ length }) => length > 0) ? found : undefined
}

function readVector(value: unknown): readonly number[] | undefined {
  if (Array.isArray(value))
    return value.length > 0 && value.every((entry) => typeof entry === 'number') ? value : undefined
  if (typeof value !== 'string' || value === '') return undefined
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index))
}
