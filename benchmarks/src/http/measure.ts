import { type Child, startChild } from './child.ts'
import type { Cost, Job, Start } from './worker.ts'

export interface HttpOptions {
  /** Which candidates; those that they are compared to must be among them. */
  readonly names: readonly string[]
  /** Processes started of each candidate, for the cost of a start. */
  readonly starts: number
  readonly rounds: number
  /** What one candidate does in one round. */
  readonly jobs: readonly Job[]
  /** Rounds whose costs are thrown away, while the compiler is still at work. */
  readonly warmUpRounds: number
  /** Folder of the processes' modules, sources or compiled. */
  readonly modules: URL
}

/** All that was measured of one candidate. */
export interface HttpSamples {
  readonly starts: readonly Start[]
  readonly chat: readonly Cost[]
  readonly stream: readonly Cost[]
}

export async function measureHttp(options: HttpOptions): Promise<ReadonlyMap<string, HttpSamples>> {
  const { names } = options
  const extension = options.modules.pathname.endsWith('/dist/http/') ? 'js' : 'ts'
  const server = startChild(new URL(`server.${extension}`, options.modules))
  const workers = new Map<string, Child>()
  try {
    const origin = `http://127.0.0.1:${await server.ask<number>()}`
    const start = (name: string): Child => startChild(new URL(`worker.${extension}`, options.modules), [name, origin])
    const samples = new Map(
      names.map((name) => [name, { starts: [] as Start[], chat: [] as Cost[], stream: [] as Cost[] }]),
    )

    for (let round = 0; round < options.starts; round++) {
      for (const name of rotate(names, round)) {
        const last = workers.get(name)
        await last?.stop()
        const worker = start(name)
        workers.set(name, worker)
        samples.get(name)?.starts.push(await worker.ask<Start>())
      }
    }
    for (const job of options.jobs) {
      for (let round = -options.warmUpRounds; round < options.rounds; round++) {
        for (const name of rotate(names, round + options.warmUpRounds)) {
          const cost = await (workers.get(name) as Child).ask<Cost>(job)
          if (round >= 0) samples.get(name)?.[job.mode].push(cost)
        }
      }
    }
    return samples
  } finally {
    await Promise.all([...workers.values(), server].map((child) => child.stop()))
  }
}

/** The candidates in an order that starts elsewhere in each round. */
function rotate(names: readonly string[], round: number): readonly string[] {
  const first = round % names.length
  return [...names.slice(first), ...names.slice(0, first)]
}
