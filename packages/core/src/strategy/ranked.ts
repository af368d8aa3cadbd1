function sortedBy<T>(items: readonly T[], keyOf: (item: T) => number): T[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

/** The first of the lowest; undefined where there are none. */
export function lowestBy<T>(items: readonly T[], keyOf: (item: T) => number): T | undefined {
  let lowest = items[0]
  let lowestKey = Infinity
  for (const item of items) {
    const key = keyOf(item)
    if (!(key < lowestKey)) continue
    lowest = item
    lowestKey = key
  }
  return lowest
}

/** `first`, and then the others, lowest first. They are sorted when somebody asks for one, which is seldom. */
export function* startingWith<T>(
  first: T | undefined,
  items: readonly T[],
  keyOf: (item: T) => number,
): Generator<T, void, undefined> {
  if (first === undefined) return
  yield first
  yield* sortedBy(
    items.filter((item) => item !== first),
    keyOf,
  )
}

/** Lowest first; those that are level keep their order. */
export function rankedBy<T>(items: readonly T[], keyOf: (item: T) => number): Generator<T, void, undefined> {
  return startingWith(lowestBy(items, keyOf), items, keyOf)
}
