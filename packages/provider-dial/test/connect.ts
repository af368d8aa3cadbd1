import type { Clock, Logger, Provider } from '@llmfb/core/provider'
import { dial, type DialOptions } from '@llmfb/provider-dial'

const silent = (): void => {}
export const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent }

/** Real timers, since sockets are real, at a fixed time of day. */
export const clock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.UTC(2026, 10, 21),
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return { cancel: () => clearTimeout(timer) }
  },
}

export const testKey = 'test-key-0123456789'

/** A provider as a registry would make it. */
export async function connect(options: DialOptions = {}): Promise<Provider> {
  const plugin = dial({ ...('token' in options ? {} : { apiKey: testKey }), ...options })
  return await plugin.create({ id: plugin.manifest.id, credentials: {}, clock, logger })
}
