import { sleep } from '../runtime/sleep.ts'
import { ActiveAttempt } from './active-attempt.ts'
import { Plan } from './plan.ts'
import type { Run } from './run.ts'

/** What is done with each target: a call, and what is made of its answer. Both throw what fails the attempt. */
export interface Operation<Answer, Result> {
  /** Makes one call; for a stream, up to its first content. */
  call(attempt: ActiveAttempt): Promise<Answer>
  accept(attempt: ActiveAttempt, answer: Answer): Result
}

/**
 * The fallback loop, for answers and streams alike: does what the plan says until a call succeeds.
 *
 * @throws RouteFailedError when none does
 * @throws the caller's reason when the caller leaves
 */
export async function runAttempts<Answer, Result>(run: Run, operation: Operation<Answer, Result>): Promise<Result> {
  const plan = new Plan(run)
  let now = run.startedAt
  for (;;) {
    const step = plan.next(now)
    if (step.type === 'wait') {
      await pauseRun(run, step.waitMs)
      now = run.now()
      continue
    }
    const attempt = new ActiveAttempt(run, step, now)
    try {
      return operation.accept(attempt, await operation.call(attempt))
    } catch (error) {
      const { failure, disposition } = attempt.fail(error)
      now = run.now()
      plan.failed(failure, disposition, now)
    }
  }
}

/** Waits; whoever leaves meanwhile, the caller or the router, ends the wait. */
async function pauseRun(run: Run, waitMs: number): Promise<void> {
  const { clock, disposal } = run.context
  const awake = new AbortController()
  const wake = (): void => awake.abort()
  run.signal?.addEventListener('abort', wake, { once: true })
  disposal.addEventListener('abort', wake, { once: true })
  try {
    await sleep(clock, waitMs, awake.signal)
  } catch {
    run.throwIfLeft()
  } finally {
    run.signal?.removeEventListener('abort', wake)
    disposal.removeEventListener('abort', wake)
  }
}
