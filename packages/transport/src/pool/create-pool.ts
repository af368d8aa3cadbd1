import type { Connections } from './connections.ts'
import { exchange } from './exchange.ts'
import { type Outgoing, toOutgoing } from './outgoing.ts'
import type { Pool, PoolOptions } from './pool.ts'
import { toRedirected } from './redirect.ts'

/** Makes a pool. Nothing is loaded or connected before its first call. */
export function createPool(options: PoolOptions = {}): Pool {
  const { timing } = options
  let loading: Promise<Connections> | undefined
  let connections: Connections | undefined
  let disposed = false

  async function connect(): Promise<Connections> {
    const { createConnections } = await import('./connections.ts')
    connections = createConnections(options)
    return connections
  }

  function send(outgoing: Outgoing, redirected: boolean, open: Connections): Promise<Response> {
    if (disposed) throw new TypeError('fetch failed', { cause: new Error('The pool has been disposed of') })
    const { origin } = outgoing.url
    const connection = open.take(origin, outgoing.url)
    const startedAt = timing?.now() ?? 0
    const reused = connection.used
    let connectedAt = startedAt
    return exchange(outgoing, redirected, connection, {
      onConnected() {
        connectedAt = timing?.now() ?? 0
      },
      onHeaders() {
        if (timing === undefined) return
        const headersMs = timing.now() - startedAt
        timing.onHeaders({ origin, reused, connectMs: connectedAt - startedAt, headersMs })
      },
      onClose(whole) {
        if (whole) open.release(origin, connection)
        else open.drop(connection)
      },
    })
  }

  async function fetch(...[input, init]: Parameters<typeof globalThis.fetch>): Promise<Response> {
    const outgoing = toOutgoing(input, init)
    if (outgoing === undefined) return await globalThis.fetch(input, init)
    outgoing.signal?.throwIfAborted()
    const open = connections ?? (await (loading ??= connect()))
    outgoing.signal?.throwIfAborted()
    let answer = await send(outgoing, false, open)
    for (let next = toRedirected(outgoing, answer, 0), hops = 1; next; next = toRedirected(next, answer, hops++)) {
      await answer.body?.cancel()
      answer = await send(next, true, open)
    }
    return answer
  }

  async function dispose(): Promise<void> {
    disposed = true
    await (await loading)?.destroy()
  }

  return { fetch, dispose }
}
