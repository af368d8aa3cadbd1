import { createSeededRandom } from '@llmfb/core/testing'
import { eventEnds } from './event-ends.ts'
import { bodyOf, type Recording } from './recording.ts'

/** Longer streams are cut behind so many of their events, picked at random, always the same ones. */
const mostEventCuts = 40
const byteCuts = 10

/** Where a recorded answer is cut, in bytes, ascending. All of them lose something other than blank space. */
export function cutsOf(recording: Recording): number[] {
  const body = bodyOf(recording)
  const end = contentLength(body)
  const random = createSeededRandom(seedOf(recording.id))
  const ends = recording.stream ? eventEnds(body, recording.resHeaders['content-type'] ?? '') : []
  const cuts = new Set(
    pick(
      ends.filter((at) => at < end),
      mostEventCuts,
      random,
    ),
  )
  for (let count = 0; count < byteCuts; count++) cuts.add(1 + Math.floor(random() * (end - 1)))
  cuts.add(end - 1)
  return [...cuts].filter((at) => at > 0 && at < end).sort((a, b) => a - b)
}

/** The length of the body without the blank space at its end. */
function contentLength(body: Uint8Array): number {
  let end = body.length
  while (end > 0 && isBlank(body[end - 1])) end -= 1
  return end
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09
}

/** `count` of the values, without repetition. */
function pick(values: readonly number[], count: number, random: () => number): number[] {
  const left = [...values]
  if (left.length <= count) return left
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0] ?? 0)
}

/** FNV-1a, so that each recording has its own cuts and keeps them. */
export function seedOf(id: string): number {
  let hash = 0x811c9dc5
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}
