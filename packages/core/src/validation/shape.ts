/** Told of each thing that is wrong: where, and what would be right. */
export type Report = (path: string, problem: string) => void

export type Fields = Readonly<Record<string, unknown>>

/** Whether `value` is an object that is not an array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a value is, for messages; never the value itself, which may be content or a key. */
export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  return value === undefined ? 'nothing' : `a ${typeof value}`
}

/** `path.field` as one writes it in code. */
export function join(path: string, field: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(field) ? `${path}.${field}` : `${path}[${JSON.stringify(field)}]`
}

/** Reports every own field that is not in `known`, with the nearest that is. */
export function checkFields(value: Fields, known: readonly string[], path: string, report: Report): void {
  for (const field of Object.keys(value)) {
    if (known.includes(field)) continue
    const [near] = nearest(field, known, 1)
    const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean '${near}'?`
    report(join(path, field), `is not known; ${hint}`)
  }
}

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
  const limit = Math.max(2, Math.floor(name.length / 3))
  const wanted = name.slice(0, 100).toLowerCase()
  return [...new Set(known)]
    .map((candidate) => ({ candidate, by: distance(wanted, candidate.toLowerCase(), limit) }))
    .filter(({ by }) => by <= limit)
    .sort((a, b) => a.by - b.by)
    .slice(0, count)
    .map(({ candidate }) => candidate)
}
