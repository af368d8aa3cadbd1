import { hashOf, toFraction } from './hash.ts'
import { lowestBy, rankedBy, startingWith } from './ranked.ts'
import type { Candidate, Strategy } from './strategy.ts'

interface Entry {
  readonly candidate: Candidate
  readonly index: number
  due: number
}
const isBefore = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.index < b.index)

/** Lets an entry that became due later sink to its place in the heap. */
function sink(heap: Entry[], at: number): void {
  const entry = heap[at] as Entry
  for (;;) {
    let child = 2 * at + 1
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++
    if (child >= heap.length || !isBefore(heap[child] as Entry, entry)) break
    heap[at] = heap[child] as Entry
    at = child
  }
  heap[at] = entry
}

/**
 * Turns in proportion to weights, spread evenly (stride scheduling): a target is due again 1/weight after it was due.
 * One that was away is due at once, but only once: what it missed is not made up for in a burst. Weight 0 comes last.
 */
export function createWeighted(): Strategy {
  const dues = new WeakMap<Candidate, number>()
  // Targets of one weight begin at different moments, so that they do not come in clusters later.
  const dueOf = (candidate: Candidate): number =>
    dues.get(candidate) ?? toFraction(hashOf(candidate.target)) / candidate.weight
  let reached = 0
  /** All targets of the stage, as far as they were seen together, and a heap of them. */
  let all: readonly Candidate[] = []
  let heap: Entry[] = []
  return {
    name: 'weighted',
    order<C extends Candidate>(candidates: readonly C[]) {
      if (candidates.length > all.length) {
        all = candidates
        const entries = candidates.map((candidate, index) => ({ candidate, index, due: dueOf(candidate) }))
        heap = [...rankedBy(entries, ({ due }) => due)]
      }
      const first = candidates === all ? (heap[0]?.candidate as C) : lowestBy(candidates, dueOf)
      return startingWith(first, candidates, dueOf)
    },
    chosen(candidate) {
      if (!(candidate.weight > 0)) return
      reached = Math.max(reached, dueOf(candidate))
      const due = reached + 1 / candidate.weight
      dues.set(candidate, due)
      const at = heap[0]?.candidate === candidate ? 0 : heap.findIndex((entry) => entry.candidate === candidate)
      if (at === -1) return
      ;(heap[at] as Entry).due = due
      sink(heap, at)
    },
  }
}
