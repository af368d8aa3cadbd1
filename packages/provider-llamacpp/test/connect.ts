import type { Clock, Logger } from '@llmfb/core/provider'
import { llamacpp, type LlamaCppOptions } from '@llmfb/provider-llamacpp'
import type { LlamaCppProvider } from '../src/llamacpp-provider.ts'

const silent = (): void => {}
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent }

/** Real timers, since sockets and processes are real, at a fixed time of day. */
export const clock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.UTC(2026, 10, 21),
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return { cancel: () => clearTimeout(timer) }
  },
}

/** A provider as a registry would make it. */
export async function connect(
  options: LlamaCppOptions = {},
  context: { readonly clock?: Clock; readonly logger?: Logger } = {},
): Promise<LlamaCppProvider> {
  const plugin = llamacpp(options)
  const provider = await plugin.create({ id: plugin.manifest.id, credentials: {}, clock, logger, ...context })
  return provider as LlamaCppProvider
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown> | undefined): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not reject')
}
