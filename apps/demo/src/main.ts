import { styleText } from 'node:util'
import { systemClock } from '@llmfb/core'
import { runDemo } from './app.ts'
import { composeLiveRouter, composeMockRouter, findLocalModels } from './compose.ts'
import { help, parseConfig } from './config.ts'
import type { Config } from './config.ts'
import { runLive } from './live.ts'
import { startMockVendors } from './mock-vendors.ts'
import { healthy } from './scenes/healthy.ts'
import { scenes } from './scenes/index.ts'
import type { Terminal } from './terminal.ts'

const { stdout, stderr, env } = process

const terminal: Terminal = {
  write: (text) => stdout.write(text),
  // A file has no width; this one reads well.
  columns: stdout.columns ?? 100,
  paint: (format, text) => styleText(format, text, { stream: stdout }),
}

const interruption = new AbortController()
/** The exit codes by which shells know these signals: 128 and the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const
for (const [name, code] of Object.entries(exitCodes)) {
  // Once: a second Ctrl-C ends the process as it would any other.
  process.once(name, () => {
    process.exitCode = code
    interruption.abort(new DOMException('Interrupted', 'AbortError'))
  })
}
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  // The reader has seen enough, as in `npm run demo | head`.
  interruption.abort(error)
})

function run(config: Config): Promise<boolean> {
  const { signal } = interruption
  switch (config.type) {
    case 'help':
      stdout.write(help)
      return Promise.resolve(true)
    case 'mistake':
      stderr.write(`${config.message} See --help.\n`)
      return Promise.resolve(false)
    case 'mock': {
      const played = config.question === undefined ? scenes : [healthy(config.question)]
      const parts = { startVendors: startMockVendors, composeRouter: composeMockRouter, clock: systemClock }
      return runDemo({ terminal, scenes: played, signal, ...parts })
    }
    case 'live': {
      const { question, models } = config
      const composeRouter = (targets: readonly string[]): ReturnType<typeof composeLiveRouter> =>
        composeLiveRouter(targets, env)
      const look = (until: AbortSignal): ReturnType<typeof findLocalModels> => findLocalModels(env, until)
      return runLive({ terminal, question, models, signal, composeRouter, findLocalModels: look })
    }
  }
}

try {
  const well = await run(parseConfig(process.argv.slice(2)))
  process.exitCode ??= well ? 0 : 1
} catch (error) {
  if (!interruption.signal.aborted) throw error
  if (process.exitCode !== undefined) stderr.write('\nInterrupted.\n')
}
