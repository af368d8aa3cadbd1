import { InvalidConfigError, pooledKeys, type ProviderPlugin } from '@llmfb/core/provider'
import { checkServerOptions } from './check-server-options.ts'
import type { LlamaCppProvider } from './llamacpp-provider.ts'
import { manifest } from './manifest.ts'
import type { LlamaCppOptions } from './options.ts'

/** The plugin, and the way to stop the server that its provider started. */
export interface LlamaCppPlugin extends ProviderPlugin {
  /** Stops the server that was started, if any, and resolves when it is gone. The next call starts it anew. */
  stop(): Promise<void>
}

/**
 * A `llama-server` of llama.cpp as a provider: one that runs at `baseURL` or `LLAMA_SERVER_URL`, or one that the provider
 * starts when it is first needed. The SDK is loaded when the provider is first used.
 *
 * @throws InvalidConfigError for an `apiKey` of no kind, when both an address and a server to start are given, or the server's
 *   options are wrong
 */
export function llamacpp(options: LlamaCppOptions = {}): LlamaCppPlugin {
  const { apiKey, baseURL, id, server } = options
  if (server !== undefined) {
    if (baseURL !== undefined) {
      throw new InvalidConfigError([{ path: 'llamacpp', problem: 'takes `baseURL` or `server`, not both' }])
    }
    checkServerOptions(server)
    if (typeof apiKey === 'object') {
      const problem = 'must be one key, or a function: a server that the provider starts has one at most'
      throw new InvalidConfigError([{ path: 'llamacpp.apiKey', problem }])
    }
  }
  const keys = pooledKeys(apiKey)
  /** Those that are not disposed of. */
  const made = new Set<LlamaCppProvider>()
  return {
    specificationVersion: 1,
    manifest: id === undefined ? manifest : { ...manifest, id },
    configured: [
      ...(apiKey === undefined ? [] : ['apiKey']),
      // A server to start stands in for an address.
      ...(baseURL === undefined && server === undefined ? [] : ['baseURL']),
    ],
    // A server that is started has the one key of its start.
    ...(keys && !server && { keys }),
    async create(context) {
      const { createLlamaCppProvider } = await import('./llamacpp-provider.ts')
      const provider = createLlamaCppProvider({ ...options, ...(keys && { apiKey: keys }) }, context)
      made.add(provider)
      return {
        ...provider,
        async dispose() {
          await provider.dispose().finally(() => made.delete(provider))
        },
      }
    },
    async stop() {
      await Promise.all(Array.from(made, (provider) => provider.stop()))
    },
  }
}
