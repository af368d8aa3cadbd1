import { isRouteFailedError } from '../../src/errors/route-failed-error.ts'
import type { RouteFailedError } from '../../src/errors/route-failed-error.ts'
import { isStreamInterruptedError } from '../../src/errors/stream-interrupted-error.ts'
import type { StreamInterruptedError } from '../../src/errors/stream-interrupted-error.ts'
import type { Ledger } from '../../src/provider/ledger.ts'
import type { Router } from '../../src/router/router.ts'
import { sleep } from '../../src/runtime/sleep.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import type { CallerPlan } from './workload.ts'

/** How a request ended for its caller. */
export type Outcome =
  | { readonly type: 'success'; readonly ledger: Ledger }
  | { readonly type: 'route-failed'; readonly ledger: RouteFailedError }
  | { readonly type: 'interrupted'; readonly ledger: StreamInterruptedError }
  /** The caller's own reason came back. */
  | { readonly type: 'aborted' }
  /** The reader left the stream. */
  | { readonly type: 'left' }
  | { readonly type: 'unexpected'; readonly error: unknown }

/** A caller and all that it saw. */
export interface Caller {
  readonly id: string
  readonly plan: CallerPlan
  readonly startedAt: number
  readonly reason: Error
  /** Listeners that others have on its signal right now. */
  listeners: number
  abortedAt?: number
  endedAt?: number
  /** Text that it received. */
  text: string
  outcome?: Outcome
}

/** A signal that counts who listens to it. */
function createCountedSignal(caller: Caller): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController()
  const { signal } = controller
  const listening = new Set<unknown>()
  const add = signal.addEventListener.bind(signal) as (...given: unknown[]) => void
  const remove = signal.removeEventListener.bind(signal) as (...given: unknown[]) => void
  const count = (): void => {
    caller.listeners = listening.size
  }
  const observed = {
    addEventListener: (type: string, listener: unknown, options?: { once?: boolean }) => {
      listening.add(listener)
      count()
      add(type, listener, options)
      // A listener for once is gone when its event has come.
      if (options?.once === true) add(type, () => (listening.delete(listener), count()), { once: true })
    },
    removeEventListener: (type: string, listener: unknown) => {
      listening.delete(listener)
      count()
      remove(type, listener)
    },
  }
  return {
    signal: Object.assign(signal, observed as Partial<AbortSignal>),
    abort: () => controller.abort(caller.reason),
  }
}

/** Makes one request and behaves as planned until it has ended. `around` runs the moment in which the router takes it. */
export async function runCaller(
  caller: Caller,
  router: Router,
  clock: FakeClock,
  around: <T>(caller: Caller, take: () => T) => T,
): Promise<void> {
  const { plan } = caller
  const { signal, abort } = createCountedSignal(caller)
  const leave = (): void => {
    if (caller.endedAt !== undefined) return
    caller.abortedAt = clock.now()
    abort()
  }
  const request = { model: plan.model, messages: [{ role: 'user' as const, content: 'hello' }], user: caller.id }
  const options = plan.hasSignal ? { signal } : {}
  if (plan.abortAfterMs === 0) leave()
  const timer = plan.abortAfterMs > 0 ? clock.schedule(plan.abortAfterMs, leave) : undefined
  try {
    if (plan.streamed) {
      const stream = around(caller, () => router.stream(request, options))
      caller.outcome = await readStream(caller, stream, clock, around)
    } else {
      const answer = await around(caller, () => router.chat(request, options))
      caller.text = answer.text
      caller.outcome = { type: 'success', ledger: answer }
    }
  } catch (error) {
    caller.outcome = toOutcome(error, caller)
  }
  caller.endedAt = clock.now()
  timer?.cancel()
}

function toOutcome(error: unknown, caller: Caller): Outcome {
  if (error === caller.reason) return { type: 'aborted' }
  if (isRouteFailedError(error)) return { type: 'route-failed', ledger: error }
  if (isStreamInterruptedError(error)) return { type: 'interrupted', ledger: error }
  return { type: 'unexpected', error }
}

async function readStream(
  caller: Caller,
  stream: ReturnType<Router['stream']>,
  clock: FakeClock,
  around: <T>(caller: Caller, take: () => T) => T,
): Promise<Outcome> {
  const { plan } = caller
  let walkedOut = false
  const walkOut = (): void => {
    walkedOut = true
    void stream.return?.()
  }
  const timer = plan.walkOutAfterMs > 0 ? clock.schedule(plan.walkOutAfterMs, walkOut) : undefined
  try {
    for (let read = 0; ; read++) {
      if (read >= plan.readsAtMost) {
        await stream.return?.()
        return { type: 'left' }
      }
      const next = await around(caller, () => stream.next())
      if (next.done === true) {
        if (walkedOut) return { type: 'left' }
        throw new Error('the stream ended without a finish event')
      }
      if (next.value.type === 'finish') {
        const after = await stream.next()
        if (after.done !== true) throw new Error('something came after the finish event')
        return { type: 'success', ledger: next.value }
      }
      if (next.value.type === 'text-delta') caller.text += next.value.text
      if (plan.readEveryMs > 0) await sleep(clock, plan.readEveryMs)
    }
  } finally {
    timer?.cancel()
  }
}
