import { isRouteFailedError } from '../../src/errors/route-failed-error.ts'
import type { RouteFailedError } from '../../src/errors/route-failed-error.ts'
import { isStreamInterruptedError } from '../../src/errors/stream-interrupted-error.ts'
import type { StreamInterruptedError } from '../../src/errors/stream-interrupted-error.ts'
import type { Ledger } from '../../src/provider/ledger.ts'
import type { Usage } from '../../src/provider/usage.ts'
import type { Router } from '../../src/router/router.ts'
import { sleep } from '../../src/runtime/sleep.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import { pieceText } from './world.ts'
import type { CallerPlan } from './workload.ts'
import { toRequest } from './workload.ts'

/** How a request ended for its caller. */
export type Outcome =
  | { readonly type: 'success'; readonly ledger: Ledger & { readonly usage?: Usage } }
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
  /** Text that it received, and that was not made void. */
  text: string
  resets: number
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

/** Makes one request and behaves as planned until it has ended. */
export async function runCaller(caller: Caller, router: Router, clock: FakeClock): Promise<void> {
  const { plan } = caller
  const { signal, abort } = createCountedSignal(caller)
  const leave = (): void => {
    if (caller.endedAt !== undefined) return
    caller.abortedAt = clock.now()
    abort()
  }
  const request = toRequest(caller.id, plan)
  const options = plan.hasSignal ? { signal } : {}
  if (plan.abortAfterMs === 0) leave()
  const timer = plan.abortAfterMs > 0 ? clock.schedule(plan.abortAfterMs, leave) : undefined
  try {
    if (plan.asks === 'stream') {
      const stream = router.stream(request, options)
      caller.outcome = await readStream(caller, stream, clock)
    } else if (plan.asks === 'embed') {
      const inputs = [caller.id + plan.words, 'another']
      const answer = await router.embed({ model: plan.model, inputs }, options)
      caller.text = pieceText(answer.embeddings[0]?.[0] ?? 0, 0)
      caller.outcome = { type: 'success', ledger: answer }
    } else {
      const answer = await router.chat(request, options)
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

async function readStream(caller: Caller, stream: ReturnType<Router['stream']>, clock: FakeClock): Promise<Outcome> {
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
      const next = await stream.next()
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
      if (next.value.type === 'reset') {
        caller.text = ''
        caller.resets++
      }
      if (plan.readEveryMs > 0) await sleep(clock, plan.readEveryMs)
    }
  } finally {
    timer?.cancel()
  }
}
