import { defaultPolicy } from '../../../src/router/defaults.ts'
import type { Attempt } from '../../../src/provider/ledger.ts'
import type { CreateInvariant } from '../invariant.ts'
import { roundingMs } from '../invariant.ts'
import { providerOf } from '../keys.ts'

const { pauses } = defaultPolicy

/** The least time that a failure keeps calls away, and from whom: by that key, where it speaks of one. */
function leastPause(
  { kind, target, retryAfterMs }: Attempt,
  by: string,
): { readonly whom: string; readonly ms: number } {
  const account = providerOf(target)
  const asked = retryAfterMs ?? 0
  switch (kind) {
    case 'quota':
      return { whom: account + by, ms: Math.max(asked, pauses.quota.firstMs) }
    case 'authentication':
      return { whom: account + by, ms: Math.max(asked, pauses.credential.firstMs) }
    case 'permission':
    case 'model-not-found':
      return { whom: target + by, ms: Math.max(asked, pauses.model.firstMs) }
    case 'rate-limit':
      return { whom: target + by, ms: retryAfterMs ?? pauses.rateLimit.firstMs }
    case 'warming':
      return { whom: target, ms: retryAfterMs ?? pauses.warmingMs }
    // A route knows itself when to be asked again.
    case 'router':
      return { whom: target, ms: 0 }
    default:
      return { whom: target, ms: asked }
  }
}

/** Nobody is called who asked to be left alone, until the time is up; not even when every circuit is open. */
export const pausesHold: CreateInvariant = ({ configuration }, violate) => {
  const until = new Map<string, { readonly at: number; readonly why: string }>()
  const lift = (name: string): void => {
    for (const whom of until.keys()) if (whom === name || whom.startsWith(`${name}#`)) until.delete(whom)
  }
  return {
    forget: lift,
    change(change) {
      if (change.type === 'reset') lift(change.name)
      if (change.type !== 'reload') return
      // Another plugin has another key, of which nobody knows whether it is refused.
      const [before, after] = [configuration().pools, change.configuration.pools]
      for (const whom of until.keys()) if (before.get(whom) !== after.get(whom)) until.delete(whom)
    },
    see(event, at, run) {
      if (event.type === 'attempt-failed') {
        const { endedBy = '' } = run?.attempts[event.attempt.number - 1] ?? {}
        const { whom, ms } = leastPause(event.attempt, endedBy)
        // A token that is another one is not left alone for what was wrong with the last.
        const pool = run?.pools.get(providerOf(event.attempt.target))
        if (event.attempt.kind === 'authentication' && pool?.peeked.length === 0) return
        if (ms > 0 && at + ms > (until.get(whom)?.at ?? 0)) {
          until.set(whom, { at: at + ms, why: `${event.attempt.kind} of request ${event.request}` })
        }
      }
      if (event.type !== 'attempt-started') return
      const { target, request, reason } = event
      const { by = '' } = run?.attempts.at(-1) ?? {}
      for (const whom of new Set([target, target + by, providerOf(target) + by])) {
        const pause = until.get(whom)
        if (pause !== undefined && at < pause.at - roundingMs) {
          violate(
            `request ${request} (${reason}) called ${whom} ${pause.at - at} ms before its pause for ${pause.why} was over`,
          )
        }
      }
    },
  }
}
