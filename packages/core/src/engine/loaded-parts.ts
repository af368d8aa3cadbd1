import type * as optional from './optional.ts'
import type { Run } from './run.ts'

/** What is loaded on demand. */
export type OptionalParts = typeof optional

/** The parts that are loaded on demand; undefined where nobody has asked for them yet. */
export function loadedParts({ context }: Run): OptionalParts | undefined {
  return context.optional as OptionalParts | undefined
}
