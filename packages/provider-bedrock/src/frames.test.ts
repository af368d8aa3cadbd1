import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFrames } from './frames.ts'

class Failed extends Error {}
const failures = { fail: (kind: string): Error => new Failed(kind) }

/** A message of any content under its length. */
const message = fc.uint8Array({ minLength: 12, maxLength: 300 }).map((content) => {
  const bytes = new Uint8Array(content.length + 4)
  new DataView(bytes.buffer).setUint32(0, bytes.length)
  bytes.set(content, 4)
  return bytes
})
const cuts = fc.array(fc.nat(), { maxLength: 40 })

function pieces(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [...new Set(at.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

test('finds the same messages however they were cut', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), cuts, (messages, at) => {
      const frames = createFrames(failures)
      const found = pieces(new Uint8Array(Buffer.concat(messages)), at).flatMap((piece) =>
        [...frames.push(piece)].map((frame) => [...frame]),
      )
      frames.end()
      expect(found).toEqual(messages.map((bytes) => [...bytes]))
    }),
  )
})

test('notices every end within a message', () => {
  fc.assert(
    fc.property(message, cuts, fc.nat(), (bytes, at, end) => {
      const part = bytes.subarray(0, 1 + (end % (bytes.length - 1)))
      const frames = createFrames(failures)
      expect(pieces(part, at).flatMap((piece) => [...frames.push(piece)])).toEqual([])
      expect(() => frames.end()).toThrow('truncated')
    }),
  )
})

test.each([0, 15, 0x3c68746d, 0xffffffff])('a length of %i is none, whole and byte by byte', (length) => {
  const bytes = new Uint8Array(20)
  new DataView(bytes.buffer).setUint32(0, length)
  expect(() => [...createFrames(failures).push(bytes)]).toThrow('malformed')
  const frames = createFrames(failures)
  expect(() => [...bytes].flatMap((byte) => [...frames.push(Uint8Array.of(byte))])).toThrow('malformed')
})
