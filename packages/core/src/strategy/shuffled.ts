import type { Random } from '../runtime/random.ts'

/** In an even random order, each drawn when it is asked for (Fisher-Yates); the first costs the same among any number. */
export function* shuffled<T>(items: readonly T[], random: Random): Generator<T, void, undefined> {
  let rest: T[] | undefined
  for (let left = items.length; left > 0; left--) {
    const at = Math.floor(random() * left)
    yield (rest ?? items)[at] as T
    rest ??= [...items]
    rest[at] = rest[left - 1] as T
  }
}
