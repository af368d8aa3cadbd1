import type { FailureKind } from '../errors/failure-kind.ts'
import type { ProviderError } from '../errors/provider-error.ts'
import type { Disposition } from '../failure/disposition.ts'
import { loadedParts } from './loaded-parts.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'

/** After a failure: remembers it, and leaves the target or its account alone for as long as its disposition says. */
export function pauseTarget(run: Run, target: Target, failure: ProviderError, how: Disposition, now: number): void {
  const { kind, retryAfterMs, status, providerCode } = failure
  const { state, provider, key, whole } = target
  const { account } = state
  // What speaks of its service is so by every key.
  const by = how.pause === 'none' || how.pause === 'warming' ? whole : target
  const { pause } = by.state
  const { pauses } = run.route.policy
  state.lastFailure = {
    kind,
    at: now,
    ...(status === undefined ? {} : { status }),
    ...(providerCode === undefined ? {} : { code: providerCode }),
  }
  switch (how.pause) {
    case 'none':
      if (retryAfterMs === undefined) break
      // A nested route knows itself when to be asked again; nobody else is to keep it from being asked.
      if (kind === 'router') return run.noteReadyAt(target.target, now + retryAfterMs)
      pause.extend(now + retryAfterMs, kind)
      break
    case 'target-retry-after':
      if (retryAfterMs) pause.extend(now + retryAfterMs, kind)
      else pause.escalate(pauses.rateLimit, now, kind)
      break
    case 'target-escalating':
      pause.escalate(pauses.model, now, kind, retryAfterMs)
      tellOperator(run, target, kind)
      break
    case 'account-escalating':
      account.escalate(kind === 'quota' ? pauses.quota : pauses.credential, now, kind, retryAfterMs)
      tellOperator(run, target, kind)
      if (target.source.keys !== undefined) loadedParts(run)?.lookForKeys(whole, now)
      break
    case 'warming':
      pause.extend(now + (retryAfterMs ?? pauses.warmingMs), kind)
      break
  }
  run.noteReadyAt(target.target, whole.readyAt(now) || undefined)
  const { shared } = run.context
  if (pause.until > now) shared?.publishPause(by.id, pause.until, pause.reason)
  if (account.until <= now) return
  shared?.publishPause(key === undefined ? provider : `${provider}#${key}`, account.until, account.reason)
}

/** These do not pass by themselves. */
function tellOperator({ context }: Run, { target, key }: Target, kind: FailureKind): void {
  context.logger.warn('target needs attention', { target, ...(key !== undefined && { key }), kind })
}
