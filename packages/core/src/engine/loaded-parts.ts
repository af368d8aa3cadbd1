import type { Run } from './run.ts'

/** What is loaded on demand. */
// An import of its own would stand in a circle with who asks for the parts.
// oxlint-disable-next-line typescript/consistent-type-imports
export type OptionalParts = typeof import('./optional.ts')

/** The parts that are loaded on demand; undefined where nobody has asked for them yet. */
export function loadedParts({ context }: Run): OptionalParts | undefined {
  return context.optional as OptionalParts | undefined
}
