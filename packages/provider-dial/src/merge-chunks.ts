type Fields = Readonly<Record<string, unknown>>

/**
 * Joins what came of a field before with what comes of it now, as DIAL's clients join the chunks of a stream: texts are
 * appended, objects joined field by field, entries of lists by their `index`; of anything else the newest counts.
 */
export function mergeChunks(before: unknown, now: unknown): unknown {
  if (before === undefined || before === null) return now
  if (now === undefined || now === null) return before
  if (typeof before === 'string' && typeof now === 'string') return before + now
  if (Array.isArray(before) && Array.isArray(now)) return mergeLists(before, now)
  if (isFields(before) && isFields(now)) return mergeFields(before, now)
  return now
}

function mergeFields(before: Fields, now: Fields): Fields {
  const changed = Object.entries(now).map(([name, value]) => {
    // An index says which entry it is, and is no part of what is joined.
    return [name, name === 'index' ? value : mergeChunks(before[name], value)] as const
  })
  return { ...before, ...Object.fromEntries(changed) }
}

function mergeLists(before: readonly unknown[], now: readonly unknown[]): readonly unknown[] {
  const merged = [...before]
  for (const entry of now) {
    const at = merged.findIndex((other) => isSame(other, entry))
    if (at < 0) merged.push(entry)
    else merged[at] = mergeChunks(merged[at], entry)
  }
  return merged
}

function isSame(one: unknown, other: unknown): boolean {
  return isFields(one) && isFields(other) && one['index'] !== undefined && one['index'] === other['index']
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
