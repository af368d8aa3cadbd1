import type { Redact } from '../errors/redact.ts'

/**
 * The headers of an answer that its failure keeps, without secrets.
 *
 * @param interesting what a name has to match, in lower case
 */
export function keptHeaders(
  headers: Iterable<readonly [string, string]>,
  interesting: RegExp,
  redact: Redact,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...headers].filter(([name]) => interesting.test(name)).map(([name, value]) => [name, redact(value)]),
  )
}
