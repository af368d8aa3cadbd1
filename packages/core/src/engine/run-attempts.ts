import { fullJitter } from '../backoff/full-jitter.ts'
import type { Ticket } from '../breaker/circuit.ts'
import type { ProviderError } from '../errors/provider-error.ts'
import type { Disposition } from '../failure/disposition.ts'
import type { Attempt } from '../provider/ledger.ts'
import { sleep } from '../runtime/sleep.ts'
import { ActiveAttempt } from './active-attempt.ts'
import { admit, isCapable } from './admit.ts'
import type { Stage } from './route.ts'
import type { Run } from './run.ts'
import type { Target } from './target.ts'

/** Makes one call; for a stream, up to its first content. */
export type Call<T> = (attempt: ActiveAttempt) => Promise<T>

/** A target in the stage it was tried or passed over in. */
interface Placed {
  readonly stage: string
  readonly target: Target
}

/**
 * The fallback loop, for answers and streams alike: stage by stage, target by target, until a call succeeds.
 *
 * @throws RouteFailedError when none does
 * @throws the caller's reason when the caller leaves
 */
export async function runAttempts<T>(run: Run, call: Call<T>): Promise<T> {
  const planned: Placed[] = []
  for (const stage of run.route.stages) {
    const targets = orderTargets(run, stage)
    for (let index = 0; index < targets.length; index++) {
      const target = targets[index] as Target
      planned.push({ stage: stage.name, target })
      const reason = run.attempts.length === 0 ? 'first' : index === 0 ? 'next-stage' : 'next-target'
      const result = await tryTarget(run, { stage: stage.name, target }, reason, targets.slice(index + 1), call)
      if (result) return result.value
    }
  }
  if (run.attempts.length === 0) {
    const result = await forceLeastBad(run, planned, call)
    if (result) return result.value
  }
  return waitForPaused(run, planned, call)
}

/** The targets of a stage that can serve the request, best first; the others are excluded with their reasons. */
function orderTargets(run: Run, stage: Stage): readonly Target[] {
  for (const { target, reason } of stage.unusable) {
    run.exclude({ target, stage: stage.name, reason: 'unavailable', detail: reason })
  }
  const capable = stage.targets.filter((target) => isCapable(run, stage.name, target))
  if (capable.length < 2) return capable
  const { request, route, context } = run
  return stage.strategy.order(capable, {
    route: route.name,
    stage: stage.name,
    request,
    now: run.now(),
    random: context.random,
  })
}

/** Calls a target, again where that makes sense; undefined when the next target is to be tried. */
async function tryTarget<T>(
  run: Run,
  placed: Placed,
  firstReason: Attempt['reason'],
  others: readonly Target[],
  call: Call<T>,
  firstWaitedMs = 0,
): Promise<{ readonly value: T } | undefined> {
  const { stage, target } = placed
  let reason = firstReason
  let waitedMs = firstWaitedMs
  for (let retries = 0; ; retries++) {
    throwIfOver(run)
    if (!hasRoomFor(run, placed)) return undefined
    const ticket = admit(run, stage, target)
    if (ticket === undefined) return undefined
    if (retries === 0) target.state.retryBudget.request(run.now())
    const result = await callOnce(run, placed, ticket, reason, waitedMs, call)
    if ('value' in result) return result
    const wait = retryWaitMs(run, placed, result, retries, others)
    if (wait === undefined) return undefined
    run.context.events.emit?.({ type: 'retry-scheduled', request: run.number, target: target.target, waitMs: wait })
    await pauseRun(run, wait)
    reason = 'retry'
    waitedMs = wait
  }
}

/** One call and its settlement. Throws when the request is over with it. */
async function callOnce<T>(
  run: Run,
  { stage, target }: Placed,
  ticket: Ticket,
  reason: Attempt['reason'],
  waitedMs: number,
  call: Call<T>,
): Promise<{ readonly value: T } | { readonly failure: ProviderError; readonly disposition: Disposition }> {
  const attempt = new ActiveAttempt(run, stage, target, ticket, reason, waitedMs)
  try {
    return { value: await call(attempt) }
  } catch (error) {
    const failed = attempt.fail(error)
    const { failure, disposition } = failed
    // A refusal without a status is the provider's own: another service may have words for the request.
    const refusedUnsent = failure.kind === 'invalid-request' && failure.status === undefined
    if (disposition.nextTarget === 'no' && !refusedUnsent) throw run.giveUp('final')
    if (disposition.nextTarget === 'larger-window') run.needsWindowOver(target.capabilities().contextWindow)
    return failed
  }
}

function throwIfOver(run: Run): void {
  if (run.signal?.aborted === true) {
    run.aborted()
    throw run.signal.reason
  }
  if (run.now() >= run.deadlineAt) throw run.giveUp('deadline')
  if (run.attempts.length >= run.route.policy.maxAttempts) throw run.giveUp('attempt-limit')
}

/** After a prompt was too long for one target, only a target with a larger window is worth a call. */
function hasRoomFor(run: Run, { stage, target }: Placed): boolean {
  if (run.windowOver === undefined) return true
  const window = target.capabilities().contextWindow
  if (window !== undefined && window > run.windowOver) return true
  const known = window === undefined ? 'of unknown size' : `of ${window} tokens`
  const detail = `its context window, ${known}, is not larger than the one that was too small`
  run.exclude({ target: target.target, stage, reason: 'window-not-larger', detail })
  return false
}

/** How long to wait before the same target is called again, or undefined where it is not to be. */
function retryWaitMs(
  run: Run,
  { stage, target }: Placed,
  { failure, disposition }: { readonly failure: ProviderError; readonly disposition: Disposition },
  retries: number,
  others: readonly Target[],
): number | undefined {
  const { policy } = run.route
  const allowed = { no: 0, once: Math.min(1, policy.retries), yes: policy.retries }[disposition.retryHere]
  if (retries >= allowed || run.attempts.length >= policy.maxAttempts) return undefined
  const now = run.now()
  if (target.readyAt(now) > 0) return undefined
  // Somebody else of the same standing can serve at once: switch rather than wait.
  if (others.some((other) => other.readyAt(now) === 0)) return undefined
  const backoff = failure.kind === 'overloaded' ? policy.throttledBackoff : policy.backoff
  const waitMs = fullJitter(backoff, retries, run.context.random)
  if (now + waitMs >= run.deadlineAt) return undefined
  if (target.state.retryBudget.take(now)) return waitMs
  run.exclude({ target: target.target, stage, reason: 'retry-budget', detail: 'its retries are used up for now' })
  return undefined
}

/** With every circuit open, the target that is due first is called all the same: the last one is never shut out. */
async function forceLeastBad<T>(
  run: Run,
  planned: readonly Placed[],
  call: Call<T>,
): Promise<{ readonly value: T } | undefined> {
  const now = run.now()
  let best: Placed | undefined
  let bestReadyAt = Number.POSITIVE_INFINITY
  for (const placed of planned) {
    const { circuit, pause, account } = placed.target.state
    if (pause.until > now || account.until > now || circuit.state.type === 'closed') continue
    const readyAt = circuit.readyAt(now)
    if (readyAt >= bestReadyAt) continue
    best = placed
    bestReadyAt = readyAt
  }
  if (best === undefined) return undefined
  throwIfOver(run)
  best.target.state.retryBudget.request(now)
  const result = await callOnce(run, best, best.target.state.circuit.force(), 'forced', 0, call)
  return 'value' in result ? result : undefined
}

/**
 * Nobody answered, and somebody asked to be left alone for a while only: waits for the first of them where the route's
 * patience and the deadline allow it, and gives up otherwise.
 */
async function waitForPaused<T>(run: Run, planned: readonly Placed[], call: Call<T>): Promise<T> {
  const { policy } = run.route
  for (let waits = 0; waits < Math.max(1, policy.retries); waits++) {
    const now = run.now()
    const first = findFirstPaused(planned, now)
    if (first === undefined) break
    throwIfOver(run)
    const waitMs = first.target.readyAt(now) - now
    if (waitMs > policy.maxWaitMs || now + waitMs >= run.deadlineAt) break
    const again = run.attempts.some((attempt) => attempt.target === first.target.target)
    if (again && !first.target.state.retryBudget.take(now)) break
    run.context.events.emit?.({ type: 'retry-scheduled', request: run.number, target: first.target.target, waitMs })
    await pauseRun(run, waitMs)
    const result = await tryTarget(run, first, 'waited', [], call, waitMs)
    if (result) return result.value
  }
  throw run.giveUp(run.now() >= run.deadlineAt ? 'deadline' : 'exhausted')
}

function findFirstPaused(planned: readonly Placed[], now: number): Placed | undefined {
  let first: Placed | undefined
  for (const placed of planned) {
    const { pause, account } = placed.target.state
    if (Math.max(pause.until, account.until) <= now) continue
    if (first === undefined || placed.target.readyAt(now) < first.target.readyAt(now)) first = placed
  }
  return first
}

async function pauseRun(run: Run, waitMs: number): Promise<void> {
  try {
    await sleep(run.context.clock, waitMs, run.signal)
  } catch (reason) {
    run.aborted()
    throw reason
  }
}
