import { createRedactor, type Logger, ProviderError, type ProviderContext } from '@llmfb/core/provider'
import type { AskService } from '@llmfb/openai-compatible'
import { untilAborted } from '@llmfb/transport'
import type { ManagedServerOptions } from '../options.ts'
import { waitForHealth } from '../wait-for-health.ts'
import { claimPort } from './claim-port.ts'
import { createServerLog } from './log.ts'
import { type Exit, spawnServer } from './spawn-server.ts'
import { type StartContext, toPortError, toStartError } from './start-error.ts'

/** A server that is there when it is needed. */
export interface ManagedServer<Connection> {
  /** What it is asked with, once its model is loaded. Starts it where it does not run. @throws ProviderError, the signal's reason */
  connect(signal: AbortSignal | undefined): Promise<Connection>
  /** Stops it, and resolves when it is gone. */
  stop(): Promise<void>
}

export interface ManagedServerContext<Connection> extends Pick<ProviderContext, 'clock' | 'logger'> {
  readonly id: string
  readonly server: ManagedServerOptions
  /** Reads the key that the server is to ask for, at each start. @throws ProviderError, the signal's reason */
  readonly readKey: (signal: AbortSignal) => Promise<string | undefined>
  /** What a server at this address, that was started with this key, is asked with. */
  readonly connectTo: (address: string, apiKey: string | undefined) => Connection
  /** Looks at a server that has just loaded its model. */
  readonly onLoaded: (ask: AskService, signal: AbortSignal) => Promise<void>
}

/** One life of a server. Its controller ends it, in whatever phase it is. */
interface Life<Connection> {
  readonly controller: AbortController
  readonly connection: Promise<Connection>
  waiting: number
  isLoaded: boolean
}

const defaultStartTimeoutMs = 300_000
const defaultStopTimeoutMs = 5000

export function createManagedServer<Connection extends { readonly ask: AskService }>(
  context: ManagedServerContext<Connection>,
): ManagedServer<Connection> {
  const { clock, id, logger, server } = context
  const { args, command = 'llama-server', env = {}, startTimeoutMs = defaultStartTimeoutMs } = server
  let life: Life<Connection> | undefined
  /** Until the last process is gone, so that there is never more than one. */
  let going: Promise<unknown> = Promise.resolve()

  async function live(mine: Pick<Life<Connection>, 'controller' | 'isLoaded'>): Promise<Connection> {
    const { signal } = mine.controller
    await going
    signal.throwIfAborted()
    const apiKey = await context.readKey(signal)
    signal.throwIfAborted()
    const redact = createRedactor(collectSecrets(apiKey, env))
    const failed: StartContext = { provider: id, command, redact }
    const port = await claimPort(server.port).catch((error: unknown) => {
      throw toPortError(error, server.port, failed)
    })
    signal.throwIfAborted()
    const log = createServerLog(logger, redact, server.log ?? 'loading')
    const child = spawnServer({
      command,
      args: [...args, '--host', '127.0.0.1', '--port', String(port)],
      env: { ...process.env, LLAMA_API_KEY: apiKey, ...env },
      clock,
      stopTimeoutMs: server.stopTimeoutMs ?? defaultStopTimeoutMs,
      onLine: log.onLine,
    })
    signal.addEventListener('abort', () => void child.stop(), { once: true })
    going = child.exited.then((exit) => {
      if (mine.isLoaded && !signal.aborted) logExit(logger, exit)
      mine.controller.abort(toStartError(exit, log.lastWords(), failed))
    })
    const connection = context.connectTo(`http://127.0.0.1:${port}`, apiKey)
    const { ask } = connection
    const toTimeout = (): Error =>
      new ProviderError(
        `${command} has not loaded its model within ${startTimeoutMs} ms: raise \`server.startTimeoutMs\`, or see its log`,
        { kind: 'timeout', provider: id },
      )
    await waitForHealth(ask, { clock, timeoutMs: startTimeoutMs, toTimeout, signal, isStarting: true })
    await context.onLoaded(ask, signal)
    signal.throwIfAborted()
    log.loaded()
    child.unref()
    mine.isLoaded = true
    return connection
  }

  function begin(): Life<Connection> {
    const controller = new AbortController()
    const started = { controller, waiting: 0, isLoaded: false }
    const connection = live(started)
    const mine = Object.assign(started, { connection })
    const end = (): void => {
      if (life === mine) life = undefined
    }
    controller.signal.addEventListener('abort', end, { once: true })
    connection.catch((error: unknown) => controller.abort(error))
    return mine
  }

  return {
    async connect(signal) {
      signal?.throwIfAborted()
      life ??= begin()
      const mine = life
      mine.waiting++
      try {
        return await untilAborted(mine.connection, signal)
      } finally {
        mine.waiting--
        // Nobody waits for it any more: a load that nobody wants takes memory, and would outlive its cause.
        if (mine.waiting === 0 && !mine.isLoaded) mine.controller.abort(signal?.reason)
      }
    },
    async stop() {
      const mine = life
      mine?.controller.abort(new ProviderError('llama-server was stopped', { kind: 'unknown', provider: id }))
      await mine?.connection.catch(() => {})
      await going
    },
  }
}

/** Shorter values are no secrets, and taking them out would garble the log; so would paths and numbers of devices. */
function collectSecrets(apiKey: string | undefined, env: Readonly<Record<string, string>>): string[] {
  const values = Object.entries(env).filter(([name]) => /KEY|TOKEN|SECRET|PASS/i.test(name))
  return [apiKey ?? '', ...values.map(([, value]) => value)].filter(({ length }) => length >= 6)
}

function logExit(logger: Logger, { code, signal }: Exit): void {
  logger.warn('llama-server ended', { ...(code === undefined ? {} : { code }), ...(signal ? { signal } : {}) })
}
