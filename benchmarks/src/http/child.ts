import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** A process that answers each message with one. */
export interface Child {
  /** The next thing it says, after it was sent `message` if there is one. Rejects when it ends instead. */
  ask<T>(message?: object): Promise<T>
  stop(): Promise<void>
}

/** @param url a module of this package, or its compiled twin, which finds the other packages' compiled files */
export function startChild(url: URL, args: readonly string[] = []): Child {
  const execArgv = url.pathname.endsWith('.ts')
    ? ['--disable-warning=ExperimentalWarning', '--conditions=@llmfb/source']
    : []
  const env = { ...process.env, NODE_OPTIONS: '', LANGSMITH_TRACING: 'false', LANGCHAIN_TRACING_V2: 'false' }
  const child = fork(url, args, { execArgv, env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${[url.pathname, ...args].join(' ')} ended with ${code}`)
  })
  ended.catch(() => undefined)
  return {
    async ask<T>(message?: object) {
      const answer = once(child, 'message')
      if (message !== undefined) child.send(message)
      const [value] = (await Promise.race([answer, ended])) as [T]
      return value
    },
    stop: () => stop(child),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}
