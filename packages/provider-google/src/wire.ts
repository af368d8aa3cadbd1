/** Whether `value` has fields. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What `value` has under `name`, or undefined where it has no fields. */
export function field(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

/** The error that a body or an event reports, in Google's form, alone or as the first of a list; undefined where none. */
export function errorIn(body: unknown): unknown {
  const first: unknown = Array.isArray(body) ? body[0] : body
  return field(first, 'error') ?? undefined
}
