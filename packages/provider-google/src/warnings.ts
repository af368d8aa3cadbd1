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
