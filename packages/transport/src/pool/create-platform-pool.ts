import type { Pool, PoolOptions } from './pool.ts'

/**
 * Makes a pool over the platform's `fetch`, where undici does not run: Bun, Deno, browsers, workers. How long connections
 * live is the platform's choice, and so are proxies; `idleMs`, `connectTimeoutMs`, `bodyTimeoutMs` and `environment` have
 * no effect.
 */
export function createPool(options: PoolOptions = {}): Pool {
  const { timing } = options
  const ending = new AbortController()

  async function fetch(...[input, init]: Parameters<typeof globalThis.fetch>): Promise<Response> {
    ending.signal.throwIfAborted()
    const startedAt = timing?.now() ?? 0
    const signal = init?.signal ? AbortSignal.any([init.signal, ending.signal]) : ending.signal
    const answer = await globalThis.fetch(input, { ...init, signal })
    if (timing) {
      const { origin } = new URL(answer.url)
      timing.onHeaders({ origin, reused: undefined, connectMs: undefined, headersMs: timing.now() - startedAt })
    }
    return answer
  }

  async function dispose(): Promise<void> {
    ending.abort(new TypeError('fetch failed', { cause: new Error('The pool has been disposed of') }))
  }

  return { fetch, dispose }
}
