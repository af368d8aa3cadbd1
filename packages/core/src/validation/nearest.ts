/** How many letters two words differ by, at most `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? limit + 1
}

/** The known names that look most like `name`, best first. */
export function nearest(name: string, known: Iterable<string>, count = 3): readonly string[] {
  // A name of great length is like none.
  const wanted = name.slice(0, 100).toLowerCase()
  const limit = name.length > wanted.length ? 2 : Math.max(2, Math.floor(wanted.length / 3))
  return [...new Set(known)]
    .map((candidate) => ({ candidate, by: distance(wanted, candidate.toLowerCase(), limit) }))
    .filter(({ by }) => by <= limit)
    .sort((a, b) => a.by - b.by)
    .slice(0, count)
    .map(({ candidate }) => candidate)
}
