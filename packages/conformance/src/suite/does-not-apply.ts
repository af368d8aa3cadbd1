const inapplicable = Symbol('inapplicable')

/** Ends a case that has nothing to look at. */
export function doesNotApply(reason: string): never {
  throw Object.assign(new Error(reason), { [inapplicable]: true })
}

/** Why a case did not apply; undefined for any other error. */
export function readInapplicable(error: unknown): string | undefined {
  return error instanceof Error && inapplicable in error ? error.message : undefined
}
