import type { Warning } from '../provider/response.ts'

/** Notes what was not, or not exactly, done; the same note once. */
export type Warn = (type: Warning['type'], message: string, parameter?: string) => void

/** Collects warnings while a request or an answer is converted. */
export interface WarningList {
  readonly list: readonly Warning[]
  readonly warn: Warn
}

/** Makes an empty list. */
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
