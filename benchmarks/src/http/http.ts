import { describeEnvironment } from '../environment.ts'
import { median, medianRatio } from '../statistics.ts'
import { toTable } from '../table.ts'
import { chunks } from './answer.ts'
import type { Mode } from './client.ts'
import { type CandidateName, type HttpOptions, measureHttp } from './measure.ts'

/** What one candidate costs in one mode, and how that compares. */
export interface HttpFigure {
  readonly name: CandidateName
  readonly minCpuUs: number
  readonly medianCpuUs: number
  /** CPU, to the bare SDK's. */
  readonly toOpenAI: number
  /** Resident memory after the last round. */
  readonly memoryMb: number
}

/** What it costs to start with one candidate; medians. */
export interface StartFigure {
  readonly name: CandidateName
  readonly importMs: number
  readonly firstAnswerMs: number
  readonly memoryMb: number
}

export interface HttpFigures extends Readonly<Record<Mode, readonly HttpFigure[]>> {
  readonly starts: readonly StartFigure[]
}

/** DESIGN.md, section 7: CPU of one call, to the bare SDK's. */
const aims: Readonly<Record<Mode, number>> = { chat: 0.65, stream: 0.45 }

export async function compareHttp(options: HttpOptions): Promise<HttpFigures> {
  const samples = await measureHttp(options)
  const compare = (mode: Mode): HttpFigure[] => {
    const reference = samples.get('openai')?.[mode].map(({ cpuUs }) => cpuUs) ?? []
    return [...samples].map(([name, { [mode]: costs }]) => {
      const cpu = costs.map(({ cpuUs }) => cpuUs)
      return {
        name,
        minCpuUs: Math.min(...cpu),
        medianCpuUs: median(cpu),
        toOpenAI: medianRatio(cpu, reference),
        memoryMb: costs.at(-1)?.memoryMb ?? Number.NaN,
      }
    })
  }
  const starts = [...samples].map(([name, { starts: all }]) => ({
    name,
    importMs: median(all.map(({ importMs }) => importMs)),
    firstAnswerMs: median(all.map(({ firstAnswerMs }) => firstAnswerMs)),
    memoryMb: median(all.map(({ memoryMb }) => memoryMb)),
  }))
  return { chat: compare('chat'), stream: compare('stream'), starts }
}

export function reportHttp(figures: HttpFigures): string {
  const whole = (value: number): string => Math.round(value).toString()
  const table = (mode: Mode): string =>
    toTable(
      ['candidate', 'min CPU µs', 'median CPU µs', '× openai', 'RSS MB'],
      figures[mode].map((figure) => [
        figure.name,
        whole(figure.minCpuUs),
        whole(figure.medianCpuUs),
        figure.toOpenAI.toFixed(2),
        whole(figure.memoryMb),
      ]),
    )
  const starts = toTable(
    ['candidate', 'import ms', 'to first answer ms', 'RSS + MB'],
    figures.starts.map((start) => [
      start.name,
      whole(start.importMs),
      whole(start.firstAnswerMs),
      whole(start.memoryMb),
    ]),
  )
  const aim = (mode: Mode): string => {
    const ours = figures[mode].find(({ name }) => name === 'llmfb')?.toOpenAI ?? Number.NaN
    return `Aim: llmfb at most ${aims[mode]} × openai: ${ours.toFixed(2)}, ${ours <= aims[mode] ? 'reached' : 'not reached'}`
  }
  const peers = ['openai', 'ai', '@ai-sdk/openai', 'ai-fallback', '@langchain/core', '@langchain/openai']
  return [
    describeEnvironment(peers),
    '',
    'One call over loopback',
    table('chat'),
    aim('chat'),
    '',
    `One stream of ${chunks} chunks over loopback`,
    table('stream'),
    aim('stream'),
    '',
    'A start, in a process that has done nothing yet',
    starts,
  ].join('\n')
}
