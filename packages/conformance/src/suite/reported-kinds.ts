import type { ReportedKind } from '../dialect/wire-dialect.ts'

/** The rows of the failure table that a service itself reports; the others are found out on this side of the wire. */
export const reportedKinds: readonly ReportedKind[] = [
  'server',
  'overloaded',
  'timeout',
  'rate-limit',
  'quota',
  'authentication',
  'permission',
  'model-not-found',
  'context-length',
  'content-filter',
  'invalid-request',
  'warming',
]
