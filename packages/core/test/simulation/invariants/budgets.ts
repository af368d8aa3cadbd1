import { defaultPolicy, defaultRetryBudget } from '../../../src/router/defaults.ts'
import type { CreateInvariant } from '../invariant.ts'
import { isByNextKey } from './keys.ts'

/** Forgets what is older than `ageMs`. */
function dropOlder(times: number[], now: number, ageMs: number): void {
  let old = 0
  while (old < times.length && now - (times[old] as number) >= ageMs) old++
  times.splice(0, old)
}

interface Seen {
  readonly requests: number[]
  readonly retries: number[]
}

/**
 * Retries, hedges among them, stay within each target's budget, over any span of its window, and are announced. To call a
 * target by the next of its keys is no retry.
 */
export const budgets: CreateInvariant = ({ scenario, loadingUntil }, violate) => {
  const { windowMs, windowSlices, ratio, minimumPerSecond } = { ...defaultRetryBudget, ...scenario.retryBudget }
  // The oldest slice of the window is partly out of date: a span shorter by one slice is covered in full.
  const spanMs = windowMs - windowMs / windowSlices
  const seen = new Map<string, Seen>()
  const of = (target: string): Seen => {
    const known = seen.get(target) ?? { requests: [], retries: [] }
    seen.set(target, known)
    return known
  }
  const announced = new Map<number, string>()
  const retry = (target: string, at: number): void => {
    const { requests, retries } = of(target)
    retries.push(at)
    dropOlder(retries, at, spanMs)
    dropOlder(requests, at, windowMs)
    const allowed = ratio * requests.length + (minimumPerSecond * windowMs) / 1000
    if (retries.length > allowed) violate(`${retries.length} retries on ${target}, of ${allowed} at most`)
  }

  return {
    forget: (target) => seen.delete(target),
    see(event, at, run) {
      if (event.type === 'retry-scheduled') {
        const { request, target } = event
        announced.set(request, target)
        // Waiting for a target that this request has not called yet leads to a first call, not to another one; and to look
        // again at a model that is being loaded is no retry.
        const again = run?.attempts.some((attempt) => attempt.target === target)
        if (again === true && at >= (loadingUntil.get(target) ?? 0)) retry(target, at)
      }
      if (event.type === 'attempt-failed' && event.attempt.kind === 'warming') {
        const { target, retryAfterMs = defaultPolicy.pauses.warmingMs } = event.attempt
        loadingUntil.set(target, Math.max(loadingUntil.get(target) ?? 0, at + retryAfterMs))
      }
      if (event.type === 'target-excluded' && event.exclusion.detail.endsWith('after warming')) {
        const { target, readyInMs = 0 } = event.exclusion
        loadingUntil.set(target, Math.max(loadingUntil.get(target) ?? 0, at + readyInMs))
      }
      if (event.type === 'target-excluded' && event.exclusion.detail.startsWith('a limit that it shares')) {
        // It was to be called, had not all processes together used up the limit: that counts as a request.
        of(event.exclusion.target).requests.push(at)
      }
      if (event.type !== 'attempt-started') return
      const { request, target, reason, number } = event
      const isAnnounced = announced.get(request) === target
      announced.delete(request)
      const isRetry = reason === 'retry' || reason === 'waited'
      if (isRetry && !isAnnounced) violate(`request ${request} retried unannounced`)
      if (run !== undefined && isByNextKey(run)) return
      // A target that stands in the route twice is not a new one.
      const again = run?.attempts.some((attempt) => attempt.target === target && attempt.number !== number)
      if (reason !== 'hedge' && again !== true) of(target).requests.push(at)
      else if (!isAnnounced) retry(target, at)
    },
  }
}
