import { lowestBy, rankedBy, startingWith } from './ranked.ts'
import type { Candidate, Strategy } from './strategy.ts'

interface Place {
  readonly candidate: Candidate | undefined
  before: Place
  after: Place
}

function createPlace(candidate?: Candidate): Place {
  const place = { candidate } as { -readonly [Field in keyof Place]: Place[Field] }
  place.before = place
  place.after = place
  return place
}

function move(place: Place, end: Place): void {
  place.before.after = place.after
  place.after.before = place.before
  place.before = end.before
  place.after = end
  end.before.after = place
  end.before = place
}

/**
 * Whoever was chosen the longest time ago, so that nobody starves whichever targets a request can be served by. The
 * queue of all targets is nothing but an index: it always agrees with the turns.
 */
export function createRoundRobin(): Strategy {
  const turns = new WeakMap<Candidate, number>()
  const turnOf = (candidate: Candidate): number => turns.get(candidate) ?? 0
  let turn = 0
  /** All targets of the stage, as far as they were seen together. */
  let all: readonly Candidate[] = []
  let end = createPlace()
  let places = new Map<Candidate, Place>()
  return {
    name: 'round-robin',
    order<C extends Candidate>(candidates: readonly C[]) {
      if (candidates.length > all.length) {
        all = candidates
        end = createPlace()
        places = new Map([...rankedBy(candidates, turnOf)].map((candidate) => [candidate, createPlace(candidate)]))
        for (const place of places.values()) move(place, end)
      }
      const first = candidates === all ? (end.after.candidate as C) : lowestBy(candidates, turnOf)
      return startingWith(first, candidates, turnOf)
    },
    chosen(candidate) {
      turns.set(candidate, ++turn)
      const place = places.get(candidate)
      if (place !== undefined) move(place, end)
    },
  }
}
