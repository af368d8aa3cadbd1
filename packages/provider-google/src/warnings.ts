import type { Warn } from '@llmfb/core/provider'

/** A part of the answer for which the contract has none. */
export function warnOfPart(warn: Warn, type: string): void {
  warn('unsupported', `The answer had a part of type '${type}', for which there is none here; it was left out.`)
}

/** Sources that the answer's text rests on. */
export function warnOfSources(warn: Warn): void {
  warn(
    'unsupported',
    'The answer named sources (grounding or citations), for which there is no part; they were left out.',
  )
}
