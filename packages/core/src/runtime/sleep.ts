import type { Clock, Timer } from '../provider/call-options.ts'

/**
 * Resolves after `delayMs`, never sooner, or rejects with the signal's reason as soon as that aborts; leaves no timer
 * or listener.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const dueAt = clock.now() + delayMs
    let timer: Timer
    const wake = (): void => {
      const leftMs = dueAt - clock.now()
      // Timers may fire a fraction of a millisecond early; who waits for a time must not come before it.
      if (leftMs > 0) {
        timer = clock.schedule(Math.max(1, leftMs), wake)
        return
      }
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }
    const onAbort = (): void => {
      timer.cancel()
      reject(signal?.reason)
    }
    timer = clock.schedule(delayMs, wake)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
