/**
 * A value that the SDK read, as JSON. It reads numbers that JavaScript has no room for as integers of any size, or as
 * text within an object of its own: these are written as they were.
 */
export function toJsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toJsonText).join(',')}]`
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (isNumericValue(value)) return value.string
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${toJsonText(field)}`).join(',')}}`
}

function isNumericValue(value: object): value is { readonly string: string } {
  return value.constructor?.name === 'NumericValue' && 'string' in value && typeof value.string === 'string'
}
