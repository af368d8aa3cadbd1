import type { Clock } from '@llmfb/core/provider'
import { type ChildProcess, spawn } from 'node:child_process'
import { readLines } from './read-lines.ts'

/** How a process ended, or why it never began. */
export interface Exit {
  readonly code?: number
  readonly signal?: string
  /** It could not be started. */
  readonly error?: Error & { readonly code?: string }
}

/** A process of ours, held by its handle: nothing is ever killed by name or number. */
export interface ServerProcess {
  /** Resolves when it is gone. */
  readonly exited: Promise<Exit>
  /** SIGTERM, and SIGKILL when that does not help in time. Resolves when it is gone. */
  stop(): Promise<void>
  /** From now on it does not keep this process from ending. */
  unref(): void
}

export interface SpawnOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly stopTimeoutMs: number
  /** Gets every line of both outputs. */
  readonly onLine: (line: string, isError: boolean) => void
}

/** Time for the last words after the end of a process, in milliseconds; heirs of its outputs may never close them. */
const lastWordsMs = 200

/** Starts the program with its arguments as they are, without a shell. When this process ends, so does that one. */
export function spawnServer({ args, clock, command, env, onLine, stopTimeoutMs }: SpawnOptions): ServerProcess {
  let child: ChildProcess
  try {
    child = spawn(command, args, { env, shell: false, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  } catch (error) {
    return gone({ error: error as Error })
  }
  if (child.stdout) readLines(child.stdout, (line) => onLine(line, false))
  if (child.stderr) readLines(child.stderr, (line) => onLine(line, true))
  // Nothing can wait for it any more then.
  const onExit = (): void => void child.kill('SIGKILL')
  process.once('exit', onExit)
  let hasExited = false
  const exited = untilExit(child, clock).then((exit) => {
    hasExited = true
    process.off('exit', onExit)
    return exit
  })
  let stopping: Promise<void> | undefined

  async function stop(): Promise<void> {
    if (hasExited) return
    child.ref()
    child.kill('SIGTERM')
    const timer = clock.schedule(stopTimeoutMs, () => void child.kill('SIGKILL'))
    await exited
    timer.cancel()
  }

  return {
    exited,
    stop: () => (stopping ??= stop()),
    unref() {
      child.unref()
      for (const stream of [child.stdout, child.stderr]) (stream as { unref?(): void } | null)?.unref?.()
    },
  }
}

function gone(exit: Exit): ServerProcess {
  return { exited: Promise.resolve(exit), stop: async () => {}, unref() {} }
}

function untilExit(child: ChildProcess, clock: Clock): Promise<Exit> {
  return new Promise((resolve) => {
    // Errors of signals that are sent in vain come here too.
    child.on('error', (error) => child.pid === undefined && resolve({ error }))
    child.once('exit', (code, signal) => {
      const exit: Exit = { ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) }
      const timer = clock.schedule(lastWordsMs, () => resolve(exit))
      child.once('close', () => {
        timer.cancel()
        resolve(exit)
      })
    })
  })
}
