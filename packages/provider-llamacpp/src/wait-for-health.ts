import { type CallOptions, type Clock, isProviderError } from '@llmfb/core/provider'
import type { AskService } from '@llmfb/openai-compatible'

/** Time between two looks, in milliseconds. */
const lookEveryMs = 100

/** Asks whether the server is well, which costs nothing. @throws ProviderError, of kind `warming` while it loads */
export async function probeHealth(ask: AskService, options: CallOptions, model?: string): Promise<void> {
  const { body, malformed } = await ask({ path: '/health', ...(model === undefined ? {} : { model }) }, options)
  if (body['status'] !== 'ok') throw malformed('is not that of a llama-server')
}

export interface HealthWait {
  readonly clock: Clock
  readonly timeoutMs: number
  /** What to throw when the time is over. */
  readonly toTimeout: () => Error
  /** Ends the wait, with its reason. */
  readonly signal?: AbortSignal
  readonly model?: string
  /** Fingerprint of the key to ask with. */
  readonly key?: string
  /** Whether one that cannot be reached is waited for: it has just been started. @default false */
  readonly isStarting?: boolean
}

/** Resolves when the server has loaded its model. @throws ProviderError, and the signal's reason */
export async function waitForHealth(ask: AskService, wait: HealthWait): Promise<void> {
  const { clock, isStarting = false, key, model, signal, timeoutMs, toTimeout } = wait
  const over = new AbortController()
  const onAbort = (): void => over.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  const timer = clock.schedule(timeoutMs, () => over.abort(toTimeout()))
  const options = { clock, signal: over.signal, ...(key === undefined ? {} : { key }) }
  try {
    while (!(await isLoaded(ask, options, model, isStarting))) {
      await pause(clock, lookEveryMs, over.signal)
    }
  } finally {
    timer.cancel()
    signal?.removeEventListener('abort', onAbort)
  }
}

async function isLoaded(
  ask: AskService,
  options: CallOptions,
  model: string | undefined,
  isStarting: boolean,
): Promise<boolean> {
  try {
    await probeHealth(ask, options, model)
    return true
  } catch (error) {
    if (!isProviderError(error)) throw error
    if (error.kind !== 'warming' && !(isStarting && error.kind === 'network')) throw error
    return false
  }
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      timer.cancel()
      reject(signal.reason)
    }
    const timer = clock.schedule(delayMs, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
