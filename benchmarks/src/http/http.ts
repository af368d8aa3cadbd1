import { describeEnvironment } from '../environment.ts'
import { median, medianRatio } from '../statistics.ts'
import { toTable } from '../table.ts'
import { chunks } from './answer.ts'
import { candidates } from './candidates.ts'
import type { Mode } from './client.ts'
import { type HttpOptions, measureHttp } from './measure.ts'

/** What one candidate costs in one mode, and how that compares. */
export interface HttpFigure {
  readonly name: string
  readonly minCpuUs: number
  readonly medianCpuUs: number
  /** CPU, to the bare SDK's of the same service. */
  readonly toBare: number
  /** Resident memory after the last round. */
  readonly memoryMb: number
}

/** What it costs to start with one candidate; medians. */
export interface StartFigure {
  readonly name: string
  readonly importMs: number
  readonly firstAnswerMs: number
  readonly memoryMb: number
}

export interface HttpFigures extends Readonly<Record<Mode, readonly HttpFigure[]>> {
  readonly starts: readonly StartFigure[]
}

export async function compareHttp(options: HttpOptions): Promise<HttpFigures> {
  const samples = await measureHttp(options)
  const compare = (mode: Mode): HttpFigure[] => {
    const cpuOf = (name: string): number[] => samples.get(name)?.[mode].map(({ cpuUs }) => cpuUs) ?? []
    return [...samples].map(([name, { [mode]: costs }]) => {
      const cpu = cpuOf(name)
      return {
        name,
        minCpuUs: Math.min(...cpu),
        medianCpuUs: median(cpu),
        toBare: medianRatio(cpu, cpuOf(candidates[name]?.bare ?? name)),
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
      ['candidate', 'min CPU µs', 'median CPU µs', '× bare SDK', 'RSS MB'],
      figures[mode].map((figure) => [
        figure.name,
        whole(figure.minCpuUs),
        whole(figure.medianCpuUs),
        figure.toBare.toFixed(2),
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
  const aims = (mode: Mode): string =>
    figures[mode]
      .flatMap(({ name, toBare }) => {
        const { bare, aims: bounds } = candidates[name] ?? {}
        if (bounds === undefined) return []
        const verdict = toBare <= bounds[mode] ? 'reached' : 'not reached'
        return `Aim: ${name} at most ${bounds[mode]} × ${bare}: ${toBare.toFixed(2)}, ${verdict}`
      })
      .join('\n')
  const peers = [
    'openai',
    '@anthropic-ai/sdk',
    '@aws-sdk/client-bedrock-runtime',
    '@google/genai',
    'ollama',
    'ai',
    '@ai-sdk/openai',
    'ai-fallback',
    '@langchain/core',
    '@langchain/openai',
  ]
  return [
    describeEnvironment(peers),
    '',
    'One call over loopback',
    table('chat'),
    aims('chat'),
    '',
    `One stream of ${chunks} chunks over loopback`,
    table('stream'),
    aims('stream'),
    '',
    'A start, in a process that has done nothing yet',
    starts,
  ].join('\n')
}
