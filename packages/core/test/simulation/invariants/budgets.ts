import { defaultPolicy, defaultRetryBudget } from '../../../src/router/defaults.ts'
import type { CreateInvariant } from '../invariant.ts'

/** Forgets what is older than `ageMs`. */
function dropOlder(times: number[], now: number, ageMs: number): void {
  let old = 0
  while (old < times.length && now - (times[old] as number) >= ageMs) old++
  times.splice(0, old)
}

/** Retries stay within each target's budget, over any span of its window, and are all announced. */
export const budgets: CreateInvariant = (scenario, violate) => {
  const { windowMs, windowSlices, ratio, minimumPerSecond } = { ...defaultRetryBudget, ...scenario.retryBudget }
  // The oldest slice of the window is partly out of date: a span shorter by one slice is covered in full.
  const spanMs = windowMs - windowMs / windowSlices
  const seen = new Map<string, { readonly requests: number[]; readonly retries: number[] }>()
  const of = (target: string): { readonly requests: number[]; readonly retries: number[] } => {
    const known = seen.get(target) ?? { requests: [], retries: [] }
    seen.set(target, known)
    return known
  }
  const announced = new Map<number, string>()
  /** Until when each target is left alone since its model is being loaded. */
  const loadingUntil = new Map<string, number>()

  return {
    see(event, at, run) {
      if (event.type === 'retry-scheduled') {
        announced.set(event.request, event.target)
        const { requests, retries } = of(event.target)
        if (run?.attempts.some(({ target }) => target === event.target) !== true) {
          // Waiting for a target that this request has not called yet leads to a first call, not to another one.
          requests.push(at)
          return
        }
        // To look again at a model that is being loaded is no retry.
        if (at < (loadingUntil.get(event.target) ?? 0)) return
        retries.push(at)
        dropOlder(retries, at, spanMs)
        dropOlder(requests, at, windowMs)
        const allowed = ratio * requests.length + (minimumPerSecond * windowMs) / 1000
        if (retries.length > allowed) violate(`${retries.length} retries on ${event.target}, of ${allowed} at most`)
      }
      if (event.type === 'attempt-failed' && event.attempt.kind === 'warming') {
        const { target, retryAfterMs = defaultPolicy.pauses.warmingMs } = event.attempt
        loadingUntil.set(target, Math.max(loadingUntil.get(target) ?? 0, at + retryAfterMs))
      }
      if (event.type !== 'attempt-started') return
      if (event.reason === 'retry' || event.reason === 'waited') {
        if (announced.get(event.request) !== event.target) violate(`request ${event.request} retried unannounced`)
      } else of(event.target).requests.push(at)
      announced.delete(event.request)
    },
  }
}
