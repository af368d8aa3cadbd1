import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type * as Undici from 'undici'
import { proxyAuthorization } from './proxy-authorization.ts'
import { proxyFor } from './proxy-for.ts'
import type { PoolOptions } from './pool.ts'

/** A connection that carries one request at a time. It connects when it is used, and again once its socket was closed. */
export interface Connection {
  readonly dispatcher: Undici.Dispatcher
  /** Headers for a proxy that is asked with the whole address; undefined where the service itself is asked. */
  readonly proxyHeaders: Readonly<Record<string, string>> | undefined
  /** Carried a request before. */
  used: boolean
  /** Closes it at once, also while it is being made. */
  destroy(): Promise<void>
}

/** The connections of a pool. */
export interface Connections {
  /** One that nobody uses, else a new one. */
  take(origin: string, url: URL): Connection
  /** Gives one back that may carry another request. */
  release(origin: string, connection: Connection): void
  drop(connection: Connection): void
  /** Closes all of them, used or not. */
  destroy(): Promise<void>
}

/** Balancers keep connections for 60 s, nginx for 75 s; small servers that announce nothing, such as uvicorn, for 5 s. */
const usualIdleMs = { 'https:': 50_000, 'http:': 4000 }

export function createConnections(options: PoolOptions): Connections {
  const { Client, buildConnector } = loadUndici()
  const { connectTimeoutMs = 10_000, bodyTimeoutMs = 300_000, environment = process.env } = options
  const connector = buildConnector({ timeout: connectTimeoutMs })
  const all = new Set<Connection>()
  const idle = new Map<string, Connection[]>()

  function open(origin: string, url: URL): Connection {
    const settings = {
      headersTimeout: 0, // whoever asks has a time limit of its own
      bodyTimeout: bodyTimeoutMs,
      keepAliveTimeout: options.idleMs ?? usualIdleMs[url.protocol as keyof typeof usualIdleMs],
    }
    let connecting: Socket | undefined
    const connect: Undici.buildConnector.connector = (target, done) => {
      // It returns the socket, of which its type says nothing.
      connecting = connector(target, (...result) => {
        connecting = undefined
        done(...result)
      }) as unknown as Socket
    }
    const proxy = proxyFor(url, environment)
    const authorization = proxy && proxyAuthorization(proxy)
    const asksProxy = proxy !== undefined && url.protocol === 'http:'
    const dispatcher =
      proxy === undefined || asksProxy
        ? new Client(proxy?.origin ?? origin, { ...settings, connect })
        : new (loadProxyAgent())({
            uri: proxy.origin,
            ...(authorization !== undefined && { token: authorization }),
            connections: 1,
            ...settings,
          })
    const connection: Connection = {
      dispatcher,
      proxyHeaders: asksProxy
        ? { ...(authorization !== undefined && { 'proxy-authorization': authorization }) }
        : undefined,
      used: false,
      async destroy() {
        forget(origin, connection)
        connecting?.destroy()
        await dispatcher.destroy()
      },
    }
    dispatcher.on('disconnect', () => {
      if (isIdle(origin, connection)) forget(origin, connection)
    })
    all.add(connection)
    return connection
  }

  function isIdle(origin: string, connection: Connection): boolean {
    return idle.get(origin)?.includes(connection) === true
  }

  function forget(origin: string, connection: Connection): void {
    all.delete(connection)
    const rest = idle.get(origin)?.filter((other) => other !== connection) ?? []
    if (rest.length > 0) idle.set(origin, rest)
    else idle.delete(origin)
  }

  return {
    take: (origin, url) => idle.get(origin)?.pop() ?? open(origin, url),
    release(origin, connection) {
      connection.used = true
      const waiting = idle.get(origin)
      if (waiting) waiting.push(connection)
      else idle.set(origin, [connection])
    },
    drop: (connection) => void connection.destroy(),
    async destroy() {
      await Promise.all(Array.from(all, (connection) => connection.destroy()))
    },
  }
}

/**
 * What carries a call. The whole of undici, with its mocks, caches and WebSockets, takes three times as long to load: 90 ms
 * instead of 30.
 */
function loadUndici(): Pick<typeof Undici, 'Client' | 'buildConnector'> {
  const require = createRequire(import.meta.url)
  return {
    Client: require('undici/lib/dispatcher/client.js') as typeof Undici.Client,
    buildConnector: require('undici/lib/core/connect.js') as typeof Undici.buildConnector,
  }
}

/** Loaded when a tunnel is needed, which only a request tells. */
function loadProxyAgent(): typeof Undici.ProxyAgent {
  return (createRequire(import.meta.url)('undici') as typeof Undici).ProxyAgent
}
