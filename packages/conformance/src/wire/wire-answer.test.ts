import { describe, expect, it } from 'vitest'
import { servedPieces, splitBytes, type WireAnswer } from './wire-answer.ts'

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

describe('servedPieces', () => {
  async function served(answer: WireAnswer): Promise<(string | Uint8Array)[]> {
    const pieces = servedPieces(answer)
    const all: (string | Uint8Array)[] = []
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) all.push(next.value)
    return all
  }

  it('counts a cut in bytes, not in characters', async () => {
    expect(await served({ body: 'aüb' })).toEqual([encode('aüb')])
    expect(await served({ body: 'aüb', cutAt: 2 })).toEqual([Uint8Array.of(0x61, 0xc3)])
    expect(await served({ body: Uint8Array.of(1, 2, 3), cutAt: 9 })).toEqual([Uint8Array.of(1, 2, 3)])
  })

  it('takes pieces as they come', async () => {
    async function* body() {
      yield 'a'
      yield Uint8Array.of(1)
    }
    expect(await served({ body: body(), cutAt: 1 })).toEqual(['a', Uint8Array.of(1)])
  })
})
