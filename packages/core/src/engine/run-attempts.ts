import { sleep } from '../runtime/sleep.ts'
import { ActiveAttempt } from './active-attempt.ts'
import { Plan } from './plan.ts'
import type { Run } from './run.ts'

/** Makes one call; for a stream, up to its first content. */
export type Call<T> = (attempt: ActiveAttempt) => Promise<T>

/**
 * The fallback loop, for answers and streams alike: does what the plan says until a call succeeds.
 *
 * @throws RouteFailedError when none does
 * @throws the caller's reason when the caller leaves
 */
export async function runAttempts<T>(run: Run, call: Call<T>): Promise<T> {
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
      return await call(attempt)
    } catch (error) {
      const { failure, disposition } = attempt.fail(error)
      now = run.now()
      plan.failed(failure, disposition, now)
    }
  }
}

async function pauseRun(run: Run, waitMs: number): Promise<void> {
  try {
    await sleep(run.context.clock, waitMs, run.signal)
  } catch (reason) {
    run.aborted()
    throw reason
  }
}
