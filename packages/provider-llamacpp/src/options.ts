import type { ProviderOptions } from '@llmfb/core/provider'

/** Takes a line of the server's log, and gives what of it is logged; undefined leaves it out. */
export type LogFilter = (line: string) => string | undefined

/** A `llama-server` that the provider starts and stops itself. */
export interface ManagedServerOptions {
  /** Name or path of the program. @default 'llama-server' */
  readonly command?: string
  /** Its arguments, each as it is: there is no shell. `--host`, `--port` and `--api-key` are refused. */
  readonly args: readonly string[]
  /** Where it listens, on 127.0.0.1. @default one that is free */
  readonly port?: number
  /** Longest time from the start until the model is loaded, in milliseconds. @default 300000 */
  readonly startTimeoutMs?: number
  /** Time from SIGTERM to SIGKILL when it is stopped, in milliseconds. @default 5000 */
  readonly stopTimeoutMs?: number
  /** Variables of its environment, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /**
   * Which lines of its output are logged, at `debug`: those until the model is loaded, all, none, or what a function
   * leaves of them. With some of its options the server writes prompts and answers into its log. @default 'loading'
   */
  readonly log?: 'loading' | 'all' | 'none' | LogFilter
}

/** Options of `llamacpp()`. */
export interface LlamaCppOptions extends ProviderOptions {
  /** Where `llama-server` is, with or without `/v1`. @default the variable LLAMA_SERVER_URL */
  readonly baseURL?: string
  /** A server to start when it is first needed; whoever gives one gives no `baseURL`. @default one that runs already */
  readonly server?: ManagedServerOptions
  /** Longest wait of `warmUp` for a server that loads its model, in milliseconds. @default 300000 */
  readonly warmUpTimeoutMs?: number
}
