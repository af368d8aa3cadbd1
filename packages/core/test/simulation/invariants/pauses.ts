import { defaultPolicy } from '../../../src/router/defaults.ts'
import type { Attempt } from '../../../src/provider/ledger.ts'
import type { CreateInvariant } from '../invariant.ts'
import { roundingMs } from '../invariant.ts'

const { pauses } = defaultPolicy

/** The least time that a failure keeps calls away, and from whom. */
function leastPause({ kind, target, retryAfterMs }: Attempt): { readonly whom: string; readonly ms: number } {
  const account = target.slice(0, target.indexOf('/'))
  const asked = retryAfterMs ?? 0
  switch (kind) {
    case 'quota':
      return { whom: account, ms: Math.max(asked, pauses.quota.firstMs) }
    case 'authentication':
      return { whom: account, ms: Math.max(asked, pauses.credential.firstMs) }
    case 'permission':
    case 'model-not-found':
      return { whom: target, ms: Math.max(asked, pauses.model.firstMs) }
    case 'rate-limit':
      return { whom: target, ms: retryAfterMs ?? pauses.rateLimit.firstMs }
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
export const pausesHold: CreateInvariant = (_, violate) => {
  const until = new Map<string, { readonly at: number; readonly why: string }>()
  return {
    forget: (target) => until.delete(target),
    change: (change) => change.type === 'reset' && until.delete(change.name),
    see(event, at) {
      if (event.type === 'attempt-failed') {
        const { whom, ms } = leastPause(event.attempt)
        if (ms > 0 && at + ms > (until.get(whom)?.at ?? 0)) {
          until.set(whom, { at: at + ms, why: `${event.attempt.kind} of request ${event.request}` })
        }
      }
      if (event.type !== 'attempt-started') return
      const { target, request, reason } = event
      for (const whom of [target, target.slice(0, target.indexOf('/'))]) {
        const pause = until.get(whom)
        if (pause !== undefined && at < pause.at - roundingMs) {
          violate(
            `request ${request} (${reason}) called ${target} ${pause.at - at} ms before its pause for ${pause.why} was over`,
          )
        }
      }
    },
  }
}
