import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'
import { decodeMessage } from './decode-message.ts'

/** A message of the headers as they are on the wire. */
function message(headers: readonly number[], payload: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = Buffer.alloc(16 + headers.length + payload.length)
  bytes.writeUInt32BE(bytes.length, 0)
  bytes.writeUInt32BE(headers.length, 4)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8)
  bytes.set(headers, 12)
  bytes.set(payload, 12 + headers.length)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4)
  return new Uint8Array(bytes)
}

const name = [1, 0x61] // `a`

test('reads headers that are text, and passes over those of every other type', () => {
  const others = [
    [...name, 0],
    [...name, 1],
    [...name, 2, 9],
    [...name, 3, 9, 9],
    [...name, 4, 9, 9, 9, 9],
    [...name, 5, 9, 9, 9, 9, 9, 9, 9, 9],
    [...name, 6, 0, 2, 9, 9],
    [...name, 8, 9, 9, 9, 9, 9, 9, 9, 9],
    [...name, 9, ...Array.from({ length: 16 }, () => 9)],
  ]
  const text = [1, 0x62, 7, 0, 2, 0xc3, 0xa4] // `b` is `ä`
  for (const other of others) {
    const decoded = decodeMessage(message([...other, ...text], Uint8Array.of(1, 2)))
    expect([...(decoded?.headers ?? [])]).toEqual([['b', 'ä']])
    expect([...(decoded?.payload ?? [])]).toEqual([1, 2])
  }
})

test.each([
  ['a type that is none', [...name, 10]],
  ['no type', name],
  ['a name that goes on behind the end', [9, 0x61]],
  ['a length that is cut', [...name, 7, 0]],
  ['text that goes on behind the end', [...name, 7, 0, 9, 0x61]],
  ['a number that goes on behind the end', [...name, 5, 1]],
])('headers with %s are none', (_what, headers) => {
  expect(decodeMessage(message(headers))).toBeUndefined()
})

test('notices every byte that is another', () => {
  const whole = message([1, 0x62, 7, 0, 1, 0x63], Uint8Array.of(1, 2, 3))
  expect(decodeMessage(whole)).toBeDefined()
  for (let at = 4; at < whole.length; at++) {
    const damaged = whole.map((byte, index) => (index === at ? byte ^ 1 : byte))
    expect(decodeMessage(damaged), `byte ${at}`).toBeUndefined()
  }
})

test('whatever the bytes are, it decides without throwing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 }), fc.uint8Array(), (headers, payload) => {
      const decoded = decodeMessage(message(headers, payload))
      if (decoded) expect([...decoded.payload]).toEqual([...payload])
    }),
  )
  const garbage = fc.property(fc.uint8Array({ minLength: 16 }), (bytes) => decodeMessage(bytes) === undefined)
  expect(fc.check(garbage).failed).toBe(false)
})
