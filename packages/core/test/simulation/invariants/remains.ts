import type { CreateInvariant } from '../invariant.ts'

/** When all has ended nothing is left: no timer, no listener, no call in flight, no service working for nobody. */
export const nothingRemains: CreateInvariant = (_, violate) => ({
  end({ callers, calls, status, timers }) {
    if (timers !== 0) violate(`${timers} timers are left`)
    for (const { id, listeners, outcome } of callers) {
      if (listeners !== 0) violate(`${listeners} listeners are left on the signal of caller ${id} (${outcome?.type})`)
    }
    for (const { target, inFlight, circuit, readyInMs, pausedFor, limits, keys = [] } of status) {
      const running = [{ limits }, ...keys].flatMap((one) =>
        one.limits.filter(({ counts }) => counts === 'concurrency'),
      )
      if (running.some(({ used }) => used !== 0)) violate(`calls of ${target} still count as running`)
      if (inFlight !== 0) violate(`${inFlight} calls of ${target} are in flight`)
      if (circuit === 'half-open' && readyInMs !== undefined && pausedFor === undefined) {
        violate(`permits of ${target} are still taken`)
      }
    }
    for (const { number, target, caller, state, signal } of calls) {
      if (state !== 'ended' && !signal.aborted) {
        violate(`call ${number} of ${target} for caller ${caller} was left ${state}, its signal not aborted`)
      }
    }
  },
})
