import type { FailureKind } from '../errors/failure-kind.ts'

/**
 * The kind that an HTTP status alone stands for. Providers ask it last, after their service's own codes. Statuses are
 * told apart by range, so that a new one is not overlooked.
 */
export function kindOfStatus(status: number): FailureKind {
  switch (status) {
    case 401:
      return 'authentication'
    case 402:
      return 'quota'
    case 403:
      return 'permission'
    case 404:
    case 410:
      return 'model-not-found'
    case 408:
    case 504:
      return 'timeout'
    case 409:
    case 424:
    case 425:
      return 'server'
    case 429:
      return 'rate-limit'
    case 503:
    case 529:
      return 'overloaded'
  }
  if (status >= 500 && status <= 599) return 'server'
  if (status >= 400) return 'invalid-request'
  return 'unknown'
}
