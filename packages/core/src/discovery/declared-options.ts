import type { Fields } from '../validation/shape.ts'
import { isFields, isText } from '../validation/shape.ts'
import type { Problem } from './problem.ts'
import { place } from './problem.ts'

/** What a provider is given: options in code, and the environment. */
export interface Given {
  readonly options: Fields | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}

function has(fields: Fields, name: string): boolean {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'string' ? value.trim() !== '' : value !== undefined
}

/**
 * The options that need no variable of their own: those that are given, and those for which another option or variable
 * stands in, by `standIns: { apiKey: ['token', 'OTHER_API_KEY'] }`.
 */
export function findConfigured({ standIns = {} }: Fields, { options = {}, env }: Given): readonly string[] | Problem {
  if (!isFields(standIns) || !Object.values(standIns).every(isNames)) {
    return { path: `${place}.standIns`, problem: 'must be an object of arrays of names' }
  }
  const replaced = Object.entries(standIns as Readonly<Record<string, readonly string[]>>)
    .filter(([, names]) => names.some((name) => has(options, name) || has(env, name)))
    .map(([option]) => option)
  return [...Object.keys(options).filter((name) => options[name] !== undefined), ...replaced]
}

/** An option without which the provider can answer nothing, such as the answers of one that makes none up. */
export function findMissingOption(
  { requiredOptions = [] }: Fields,
  configured: readonly string[],
): Problem | undefined {
  const path = `${place}.requiredOptions`
  if (!isNames(requiredOptions)) return { path, problem: 'must be an array of names' }
  const missing = requiredOptions.find((name) => !configured.includes(name))
  return missing === undefined ? undefined : { path, problem: `has '${missing}', which is not in options.options` }
}
