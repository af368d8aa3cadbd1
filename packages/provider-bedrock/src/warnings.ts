import type { Warning } from '@llmfb/core/provider'

/** Notes what was not, or not exactly, done; the same note once. */
export type Warn = (type: Warning['type'], message: string, parameter?: string) => void

/** Collects warnings while a request or an answer is converted. */
export interface WarningList {
  readonly list: readonly Warning[]
  readonly warn: Warn
}

export function createWarnings(): WarningList {
  const list: Warning[] = []
  return {
    list,
    warn(type, message, parameter) {
      if (list.some((known) => known.message === message && known.parameter === parameter)) return
      list.push({ type, message, ...(parameter !== undefined && { parameter }) })
    },
  }
}

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
