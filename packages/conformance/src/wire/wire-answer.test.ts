import { describe, expect, it } from 'vitest'
import { servedBytes, splitBytes } from './wire-answer.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('splitBytes', () => {
  const body = encode('data: abcdefghijklmnopqrstuvwxyz ü🌤️\r\n\r\n'.repeat(100))

  it.each(['whole', 'bytes', { seed: 1 }, { seed: 2 }] as const)('loses nothing (%j)', (pieces) => {
    expect(Buffer.concat([...splitBytes(body, pieces)]).equals(body)).toBe(true)
    expect([...splitBytes(new Uint8Array(), pieces)]).toEqual([])
  })

  it('gives bytes one by one, and in the rest of a long body none behind a line end or within a character', () => {
    const pieces = [...splitBytes(body, 'bytes')]
    expect(pieces.slice(0, 1024).every(({ length }) => length === 1)).toBe(true)
    expect(Math.max(...pieces.map(({ length }) => length))).toBe(16)
    for (const piece of pieces) {
      expect(piece.subarray(0, -1).every((byte) => byte < 0x80 && byte !== 0x0a && byte !== 0x0d)).toBe(true)
    }
  })

  it('repeats itself for the same seed', () => {
    const sizes = (seed: number): number[] => [...splitBytes(body, { seed })].map(({ length }) => length)
    expect(sizes(1)).toEqual(sizes(1))
    expect(sizes(1)).not.toEqual(sizes(2))
    expect(sizes(1).length).toBeGreaterThan(100)
  })
})

describe('servedBytes', () => {
  it('counts a cut in bytes, not in characters', () => {
    expect(servedBytes({ body: 'aüb' })).toEqual(encode('aüb'))
    expect(servedBytes({ body: 'aüb', cutAt: 2 })).toEqual(Uint8Array.of(0x61, 0xc3))
    expect(servedBytes({ body: Uint8Array.of(1, 2, 3), cutAt: 9 })).toEqual(Uint8Array.of(1, 2, 3))
  })
})
