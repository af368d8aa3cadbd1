/** How many letters two words differ by (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let position = 0; position < a.length; position++) {
    const letter = a[position]
    let left = position + 1
    row = row.map((above, column) => {
      if (column > 0) left = Math.min(left + 1, above + 1, (row[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1))
      return left
    })
  }
  return row.at(-1) ?? 0
}

/** The known names that look most like `name`, best first. */
export function nearest(name: string, known: Iterable<string>, count = 3): readonly string[] {
  // A name of great length is like none.
  const wanted = name.slice(0, 100).toLowerCase()
  const limit = name.length > wanted.length ? 2 : Math.max(2, Math.floor(wanted.length / 3))
  return [...new Set(known)]
    .map((candidate) => ({ candidate, by: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ by }) => by <= limit)
    .sort((a, b) => a.by - b.by)
    .slice(0, count)
    .map(({ candidate }) => candidate)
}
