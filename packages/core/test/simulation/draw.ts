import { createSeededRandom } from '../../src/runtime/random.ts'

/** Draws from one seeded randomness. */
export interface Draw {
  /** From 0 up to 1. */
  readonly random: () => number
  /** Whether something of this probability happens. */
  chance(probability: number): boolean
  /** A whole number, both ends included. */
  integer(min: number, max: number): number
  /** A waiting time of a process without memory. */
  exponential(mean: number): number
  /** A duration as services have them: mostly around the median, now and then much longer. */
  duration(medianMs: number): number
  pick<T>(items: readonly T[]): T
  shuffle<T>(items: readonly T[]): T[]
}

export function createDraw(seed: number): Draw {
  const random = createSeededRandom(seed)
  const integer = (min: number, max: number): number => min + Math.floor(random() * (max - min + 1))
  const exponential = (mean: number): number => -Math.log(1 - random()) * mean
  return {
    random,
    integer,
    exponential,
    chance: (probability) => random() < probability,
    duration: (medianMs) => medianMs * Math.exp(0.6 * (random() + random() + random() + random() - 2)),
    pick: <T>(items: readonly T[]): T => items[integer(0, items.length - 1)] as T,
    shuffle: <T>(items: readonly T[]): T[] => {
      const shuffled = [...items]
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = integer(0, last)
        ;[shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T]
      }
      return shuffled
    },
  }
}
