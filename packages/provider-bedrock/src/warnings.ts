import type { Warn } from '@llmfb/core/provider'

/** A block of the answer for which the contract has no part. */
export function warnOfBlock(warn: Warn, type: string): void {
  warn('unsupported', `The answer had a block of type '${type}', for which there is no part; it was left out.`)
}

/** Sources that the answer's text cites. */
export function warnOfCitations(warn: Warn): void {
  warn('unsupported', "The answer's text had citations, for which there is no part; they were left out.")
}

/** A call that the service answered itself: it is told of, and not to be answered by the caller. */
export function warnOfServerTool(warn: Warn, name: string): void {
  warn('other', `Amazon Bedrock called and answered '${name}' itself; its result has no part and was left out.`)
}

/** What was asked for with `additionalModelResponseFieldPaths`. */
export function warnOfFields(warn: Warn): void {
  warn('unsupported', 'The answer had additional fields of the model, for which there is no place; they were left out.')
}
