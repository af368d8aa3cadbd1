import { parseArgs } from 'node:util'
import { measureEngine, reportEngine } from './engine/engine.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, 'sample-ms': { type: 'string' } },
})

switch (positionals[0]) {
  case 'engine': {
    const rounds = Number(values.rounds ?? 60)
    const sampleMs = Number(values['sample-ms'] ?? 20)
    console.log(reportEngine(await measureEngine({ rounds, sampleMs })))
    break
  }
  default:
    console.error('Usage: pnpm bench engine [--rounds 60] [--sample-ms 20]')
    process.exitCode = 2
}
