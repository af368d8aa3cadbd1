import type { FailureKind } from '../errors/failure-kind.ts'

/** What a kind of failure means. */
export interface Disposition {
  /** Whether the same target may be called again for this request: not at all, once, or as often as the route allows. */
  readonly retryHere: 'no' | 'once' | 'yes'
  /** Whether another target may be called. */
  readonly nextTarget: 'no' | 'yes' | 'larger-window'
  /** How much it counts against the target's circuit and health: 0, 0.5 or 1. */
  readonly healthWeight: number
  /**
   * Who is left alone for a while, and how long: the target until the service's Retry-After, the target or the whole
   * provider account for an escalating while.
   */
  readonly pause: 'none' | 'target-retry-after' | 'target-escalating' | 'account-escalating' | 'warming'
}

const fault: Disposition = { retryHere: 'yes', nextTarget: 'yes', healthWeight: 1, pause: 'none' }
const faultOnce: Disposition = { ...fault, retryHere: 'once' }
const callerFault: Disposition = { retryHere: 'no', nextTarget: 'no', healthWeight: 0, pause: 'none' }

/** What follows from each kind of failure, unless a route says otherwise. This is the source; docs/errors.md is generated from it. */
export const defaultDispositions: Readonly<Record<FailureKind, Disposition>> = {
  server: fault,
  overloaded: fault,
  network: fault,
  timeout: faultOnce,
  malformed: faultOnce,
  truncated: faultOnce,
  empty: faultOnce,
  'rate-limit': { retryHere: 'no', nextTarget: 'yes', healthWeight: 0, pause: 'target-retry-after' },
  quota: { retryHere: 'no', nextTarget: 'yes', healthWeight: 0, pause: 'account-escalating' },
  authentication: { retryHere: 'no', nextTarget: 'yes', healthWeight: 0, pause: 'account-escalating' },
  permission: { retryHere: 'no', nextTarget: 'yes', healthWeight: 0, pause: 'target-escalating' },
  'model-not-found': { retryHere: 'no', nextTarget: 'yes', healthWeight: 0, pause: 'target-escalating' },
  'context-length': { ...callerFault, nextTarget: 'larger-window' },
  'content-filter': callerFault,
  'invalid-request': callerFault,
  warming: { retryHere: 'no', nextTarget: 'yes', healthWeight: 0, pause: 'warming' },
  aborted: callerFault,
  router: { ...callerFault, nextTarget: 'yes' },
  unknown: { retryHere: 'no', nextTarget: 'yes', healthWeight: 0.5, pause: 'none' },
}
