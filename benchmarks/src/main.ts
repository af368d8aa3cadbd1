import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureChoice, reportChoice } from './choice/choice.ts'
import { measureEngine, reportEngine } from './engine/engine.ts'
import { names, namesComparedTo } from './http/candidates.ts'
import { compareHttp, reportHttp } from './http/http.ts'
import { measureMemory, reportMemory } from './memory/memory.ts'
import { measureStart, reportStart } from './start/start.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, only: { type: 'string', multiple: true } },
})
/** Import times are those of built files, as a program that installed the packages has them. */
function build(): void {
  const turbo = join(import.meta.dirname, '..', '..', 'tools', 'turbo.mjs')
  const { status } = spawnSync(process.execPath, [turbo, '@llmfb/benchmarks#build'], { stdio: 'inherit' })
  if (status !== 0) throw new Error('The packages could not be built')
}

switch (positionals[0]) {
  case 'engine':
    console.log(reportEngine(await measureEngine({ rounds: Number(values.rounds ?? 60), sampleMs: 20 })))
    break
  case 'choice':
    console.log(reportChoice(measureChoice({ rounds: Number(values.rounds ?? 30), sampleMs: 5 })))
    break
  case 'memory': {
    const figures = await measureMemory({ calls: 2_000_000, sampleEvery: 100_000 })
    console.log(reportMemory(figures))
    if (!figures.flat) process.exitCode = 1
    break
  }
  case 'http': {
    const chosen = values.only ? namesComparedTo(values.only) : names
    build()
    const modules = new URL('../dist/http/', import.meta.url)
    const jobs = [
      { mode: 'chat', calls: 200, inFlight: 1 },
      { mode: 'stream', calls: 20, inFlight: 20 },
    ] as const
    const options = { names: chosen, starts: 5, warmUpRounds: 8, rounds: Number(values.rounds ?? 12), jobs, modules }
    console.log(reportHttp(await compareHttp(options)))
    break
  }
  case 'start': {
    build()
    const modules = new URL('../dist/start/', import.meta.url)
    console.log(reportStart(await measureStart({ starts: Number(values.rounds ?? 20), modules })))
    break
  }
  default:
    console.error('Usage: pnpm bench engine|choice|memory|http|start [--rounds 60] [--only anthropic]')
    process.exitCode = 2
}
