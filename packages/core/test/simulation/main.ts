// Runs the simulation over many seeds, on all cores: pnpm simulate [seeds = 100] [requests of each = 10000] [first = 1].
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { describeFailure } from './describe-failure.ts'
import type { Simulation } from './simulate.ts'

interface Job {
  readonly seed: number
  readonly requests: number
}

interface Report extends Job, Simulation {
  readonly tookMs: number
}

async function work({ seed, requests }: Job): Promise<void> {
  const { simulate } = await import('./simulate.ts')
  const from = performance.now()
  const simulation = await simulate({ seed, requests })
  parentPort?.postMessage({ seed, requests, ...simulation, tookMs: performance.now() - from })
}

/** Hands out seeds to workers until all are done. */
async function runAll(seeds: readonly number[], requests: number, onReport: (report: Report) => void): Promise<void> {
  const left = [...seeds]
  const runOne = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url))
      const hand = (): void => {
        const seed = left.shift()
        if (seed === undefined) void worker.terminate().then(() => resolve(), reject)
        else worker.postMessage({ seed, requests } satisfies Job)
      }
      worker.on('message', (report: Report) => {
        onReport(report)
        hand()
      })
      worker.on('error', reject)
      hand()
    })
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), seeds.length) }, runOne))
}

async function main([count = '100', requests = '10000', first = '1']: readonly string[]): Promise<void> {
  const seeds = Array.from({ length: Number(count) }, (_, index) => Number(first) + index)
  const total: Record<string, number> = {}
  const broken: number[] = []
  const from = performance.now()
  const seconds = (): string => `${((performance.now() - from) / 1000).toFixed(0)} s`
  let done = 0
  await runAll(seeds, Number(requests), ({ seed, violations, counts, tookMs }) => {
    done++
    for (const [what, times] of Object.entries(counts)) total[what] = (total[what] ?? 0) + times
    if (violations.length > 0) {
      broken.push(seed)
      console.log(describeFailure(seed, Number(requests), violations))
    }
    if (tookMs > 30_000) console.log(`Seed ${seed} took ${Math.round(tookMs / 1000)} s.`)
    if (done % 10 === 0) console.log(`${done} of ${seeds.length} seeds, ${seconds()}`)
  })
  for (const [what, times] of Object.entries(total).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${String(times).padStart(10)}  ${what}`)
  }
  const asked = (done * Number(requests)).toLocaleString('en')
  console.log(
    `${asked} requests, ${done} seeds, ${seconds()}: ${broken.length} seeds broke a rule. ${broken.join(' ')}`,
  )
  process.exitCode = broken.length > 0 ? 1 : 0
}

if (isMainThread) await main(process.argv.slice(2))
else parentPort?.on('message', (job: Job) => void work(job))
