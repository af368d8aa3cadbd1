import { Buffer } from 'node:buffer'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { expect, it } from 'vitest'
import { readLines } from './read-lines.ts'

async function linesOf(pieces: readonly Uint8Array[]): Promise<string[]> {
  const stream = new PassThrough()
  const lines: string[] = []
  readLines(stream, (line) => lines.push(line))
  for (const piece of pieces) stream.write(piece)
  stream.end()
  await finished(stream)
  return lines
}

it('reads the same lines wherever the bytes are split', async () => {
  const bytes = Buffer.from('main: a\r\n\nмодель 🦙 loaded  \n  indented\nno end')
  const expected = ['main: a', 'модель 🦙 loaded', '  indented', 'no end']
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second += 7) {
      const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]
      expect(await linesOf(pieces)).toEqual(expected)
    }
  }
})

it('keeps no more than 2000 characters of a line, and loses none', async () => {
  const long = 'x'.repeat(5000)
  const at = (...ends: readonly number[]): Uint8Array[] => {
    const bytes = Buffer.from(`${long}\nnext\n${long}`)
    return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length))
  }
  for (const pieces of [at(), at(100, 4500), at(2000, 4000, 6000)]) {
    const lines = await linesOf(pieces)
    expect(lines.every(({ length }) => length <= 2000)).toBe(true)
    expect(lines.join('')).toBe(`${long}next${long}`)
    expect(lines.filter((line) => line === 'next')).toHaveLength(1)
  }
})
