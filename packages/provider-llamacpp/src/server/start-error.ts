import { ProviderError, type Redact, toSafeCause } from '@llmfb/core/provider'
import type { Exit } from './spawn-server.ts'

/** What failures of a start are told with. */
export interface StartContext {
  /** Id of the provider. */
  readonly provider: string
  readonly command: string
  readonly redact: Redact
}

/**
 * A server that could not be started. It is not tried again at once: what is missing will still be missing, and the kind
 * is the one after which a router goes on to the next target and leaves this one alone for a while.
 */
export function toStartError(exit: Exit, lastWords: string | undefined, context: StartContext): ProviderError {
  const { command, provider, redact } = context
  const { code, error, signal } = exit
  const fail = (message: string, providerCode: string): ProviderError =>
    new ProviderError(redact(message), {
      kind: 'model-not-found',
      provider,
      providerCode,
      ...(error ? { cause: toSafeCause(error, redact) } : {}),
    })
  if (error) return fail(`${command} could not be started: ${whatToDo(error.code)}`, error.code ?? 'spawn-failed')
  const how = signal === undefined ? `with exit code ${code}` : `by ${signal}`
  const words = lastWords === undefined ? 'it printed nothing' : `its last words: ${lastWords}`
  const hint = signal === 'SIGKILL' ? 'perhaps there was too little memory' : 'see its log and `server.args`'
  return fail(
    `${command} ended ${how} before its model was loaded (${hint}); ${words}`,
    signal ?? `exit-${String(code)}`,
  )
}

/** The port that was asked for is taken, or none can be had. */
export function toPortError(error: unknown, port: number | undefined, context: StartContext): ProviderError {
  const { provider, redact } = context
  const code = (error as { code?: unknown } | null)?.code
  const message =
    port === undefined
      ? 'There is no free port on 127.0.0.1 for llama-server'
      : `Port ${port} of 127.0.0.1 cannot be had: stop what listens there, or leave \`server.port\` out`
  return new ProviderError(message, {
    kind: 'model-not-found',
    provider,
    ...(typeof code === 'string' ? { providerCode: code } : {}),
    cause: toSafeCause(error, redact),
  })
}

function whatToDo(code: string | undefined): string {
  if (code === 'ENOENT') return 'there is no such program; install llama.cpp, or set `server.command` to its path'
  if (code === 'EACCES') return 'it may not be run; see the permissions of the file'
  return `the system said ${code ?? 'no more'}`
}
