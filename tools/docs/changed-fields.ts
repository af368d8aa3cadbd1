import { isDeepStrictEqual } from 'node:util'

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Paths of the fields in which two bodies differ. An object that is `value` itself is one field. */
export function changedFields(before: unknown, after: unknown, value: unknown, path = ''): string[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isObject(after) || isDeepStrictEqual(after, value)) return [path]
  const known = isObject(before) ? before : {}
  return Object.keys(after).flatMap((name) =>
    changedFields(known[name], after[name], value, path === '' ? name : `${path}.${name}`),
  )
}
