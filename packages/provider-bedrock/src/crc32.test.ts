import { expect, test } from 'vitest'
import { crc32, createCrc32 } from './crc32.ts'

const bytes = new TextEncoder().encode('123456789')

test('gives the check value of CRC-32, with and without the platform', () => {
  expect([crc32(bytes), createCrc32()(bytes)]).toEqual([0xcbf43926, 0xcbf43926])
  expect(createCrc32()(new Uint8Array())).toBe(crc32(new Uint8Array()))
})
