import type { Warn } from '@llmfb/core/provider'

/** A block of the answer for which the contract has no part. */
export function warnOfBlock(warn: Warn, type: string): void {
  warn('unsupported', `The answer had a block of type '${type}', for which there is no part; it was left out.`)
}

/** Sources that the answer's text cites. */
export function warnOfCitations(warn: Warn): void {
  warn('unsupported', "The answer's text had citations, for which there is no part; they were left out.")
}
