import { describeEnvironment } from '../environment.ts'
import { startChild } from '../http/child.ts'
import { median } from '../statistics.ts'
import { toTable } from '../table.ts'

/** What a process paid before its first request. */
export interface Cost {
  /** Providers that were registered. */
  readonly registered: number
  /** Milliseconds to import the packages. */
  readonly importMs: number
  /** Milliseconds to import the packages and to register the providers. */
  readonly totalMs: number
  /** Megabytes of resident memory more than before. */
  readonly memoryMb: number
}

export interface StartFigure extends Cost {
  readonly job: (typeof jobs)[number]
  /** The best of `totalMs`: on a machine that was disturbed least. */
  readonly bestMs: number
}

const jobs = ['core', 'core and all providers'] as const
/** Section 7 of DESIGN.md: milliseconds to import core. */
const mostImportMs = 10
/** Milliseconds to register all providers; and, as an aim, to import them too. */
const mostMs = 20

export interface StartOptions {
  /** Processes started for each job. */
  readonly starts: number
  /** Folder of the processes' modules, sources or compiled. */
  readonly modules: URL
}

/** What it costs to import and register, in processes that did nothing before; medians. */
export async function measureStart({ starts, modules }: StartOptions): Promise<StartFigure[]> {
  const worker = new URL(`worker.${modules.pathname.endsWith('/dist/start/') ? 'js' : 'ts'}`, modules)
  const costs = new Map(jobs.map((job) => [job, [] as Cost[]]))
  for (let round = 0; round < starts; round++) {
    for (const job of jobs) {
      const child = startChild(worker, [job])
      costs.get(job)?.push(await child.ask<Cost>())
      await child.stop()
    }
  }
  return [...costs].map(([job, all]) => ({
    job,
    registered: median(all.map(({ registered }) => registered)),
    importMs: median(all.map(({ importMs }) => importMs)),
    totalMs: median(all.map(({ totalMs }) => totalMs)),
    memoryMb: median(all.map(({ memoryMb }) => memoryMb)),
    bestMs: Math.min(...all.map(({ totalMs }) => totalMs)),
  }))
}

export function reportStart(figures: readonly StartFigure[]): string {
  const rows = figures.map((figure) => [
    figure.job,
    String(figure.registered),
    figure.importMs.toFixed(1),
    figure.totalMs.toFixed(1),
    figure.bestMs.toFixed(1),
    figure.memoryMb.toFixed(1),
  ])
  const header = ['imported', 'registered', 'import ms', 'with registering ms', 'best ms', 'RSS + MB']
  const [core, all] = figures
  if (!core || !all) throw new Error('There are no figures')
  const bound = (what: string, most: number, ms: number, verdicts: readonly [string, string]): string =>
    `${what} at most ${most} ms: ${ms.toFixed(1)}, ${verdicts[ms <= most ? 0 : 1]}`
  const holds = ['holds', 'DOES NOT HOLD'] as const
  const bounds = [
    bound('Bound: importing core', mostImportMs, core.importMs, holds),
    bound('Bound: registering all providers', mostMs, all.totalMs - all.importMs, holds),
    bound('Aim: importing and registering them', mostMs, all.totalMs, ['reached', 'not reached']),
  ]
  return [describeEnvironment([]), '', toTable(header, rows), '', ...bounds].join('\n')
}
