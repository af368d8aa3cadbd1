import { nearest } from './nearest.ts'

/** Told of each thing that is wrong: where, and what would be right. */
export type Report = (path: string, problem: string) => void

/** Reports what is wrong with a value. */
export type Check = (value: unknown, path: string, report: Report) => void

export type Fields = Readonly<Record<string, unknown>>

/** Whether `value` is an object that is not an array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a value is, for messages; never a text itself, which may be content or a key. */
export function describe(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value)
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  return value === undefined ? 'nothing' : `a ${typeof value}`
}

/** `path.field` as one writes it in code. */
export function join(path: string, field: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(field) ? `${path}.${field}` : `${path}[${JSON.stringify(field)}]`
}

/** Reports a value that does not fulfil `holds`. */
export function must(holds: (value: unknown) => boolean, problem: string): Check {
  return (value, path, report) => {
    if (!holds(value)) report(path, `must be ${problem}, not ${describe(value)}`)
  }
}

export const anything: Check = () => undefined

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** The id of a provider or router. */
export const idText: Check = must(
  (value) => typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value),
  'lower case letters, digits and -',
)

export const flag: Check = must((value) => typeof value === 'boolean', 'true or false')

export const text: Check = must(isText, 'a text that is not empty')

export const string: Check = must((value) => typeof value === 'string', 'a string')

export const object: Check = must(isFields, 'an object')

export const callable: Check = must((value) => typeof value === 'function', 'a function')

/** An object with these methods. */
export function having(what: string, ...methods: readonly string[]): Check {
  const holds = (value: unknown): boolean =>
    isFields(value) && methods.every((method) => typeof value[method] === 'function')
  return must(holds, `a ${what} { ${methods.join(', ')} }`)
}

export function number(min: number, max: number = Infinity): Check {
  const bounds = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`
  const holds = (value: unknown): boolean =>
    Number.isFinite(value) && (value as number) >= min && (value as number) <= max
  return must(holds, `a number ${bounds}`)
}

export function wholeNumber(min: number): Check {
  return must((value) => Number.isSafeInteger(value) && (value as number) >= min, `a whole number of at least ${min}`)
}

export function oneOf(...values: readonly string[]): Check {
  return must((value) => values.includes(value as string), `one of ${values.join(', ')}`)
}

/** An array of at least so many. */
export function arrayOf(item: Check, what: string, least = 0): Check {
  return (value, path, report) => {
    if (!Array.isArray(value) || value.length < least) {
      const given = Array.isArray(value) ? 'an empty one' : describe(value)
      return report(path, `must be an array of ${least === 0 ? '' : 'at least one '}${what}, not ${given}`)
    }
    ;[...value].forEach((entry: unknown, index) => item(entry, `${path}[${index}]`, report))
  }
}

/** An array of at least one. */
export const listOf = (item: Check, what: string): Check => arrayOf(item, what, 1)

/** All checks, one after the other. */
export function all(...checks: readonly Check[]): Check {
  return (value, path, report) => checks.forEach((check) => check(value, path, report))
}

/** Reports entries of an array with the name of an earlier one. */
export const distinctNames: Check = (value, path, report) => {
  if (!Array.isArray(value)) return
  const names = value.map((entry: unknown) => (isFields(entry) ? entry['name'] : undefined))
  names.forEach((name, index) => {
    if (typeof name !== 'string' || names.indexOf(name) === index) return
    report(`${path}[${index}].name`, `'${name}' is there twice`)
  })
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

/** An object with these fields and, unless `isOpen`, no others; those not in `required` may be missing. */
export function fields(
  checks: Readonly<Record<string, Check>>,
  required: readonly string[] = [],
  isOpen = false,
): Check {
  const known = Object.keys(checks)
  return (value, path, report) => {
    if (!isFields(value)) return report(path, `must be an object, not ${describe(value)}`)
    if (!isOpen) checkFields(value, known, path, report)
    for (const field of known) {
      const given = value[field]
      if (given !== undefined || required.includes(field)) checks[field]?.(given, join(path, field), report)
    }
  }
}
