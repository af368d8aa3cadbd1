import { describeEnvironment } from '../environment.ts'
import { median, medianRatio } from '../statistics.ts'
import { toTable } from '../table.ts'
import { aiFallback, aiFallbackStream } from './ai-fallback.ts'
import { bare, bareStream } from './bare.ts'
import type { Candidate } from './candidate.ts'
import { cockatiel, cockatielWithTimeouts } from './cockatiel.ts'
import { langchain } from './langchain.ts'
import { llmfb, llmfbStream, llmfbWithListener } from './llmfb.ts'
import { measure, type MeasureOptions } from './measure.ts'
import { opossum } from './opossum.ts'

/** What one candidate costs, in nanoseconds, and how that compares. */
export interface EngineFigure {
  readonly name: string
  readonly minNs: number
  readonly medianNs: number
  readonly toBare: number
  /** Absent where cockatiel has nothing to compare with. */
  readonly toCockatiel?: number
  /** What one event of a stream costs. */
  readonly perEventNs?: number
}

export interface EngineFigures {
  readonly calls: readonly EngineFigure[]
  readonly streams: readonly EngineFigure[]
}

/** DESIGN.md, section 7: the engine's overhead over cockatiel's `wrap(retry, circuitBreaker)` alone. */
const bound = { atMost: 1.5, aim: 1 } as const

/** Pieces of text in one stream. */
const pieces = 200

export async function measureEngine(options: MeasureOptions): Promise<EngineFigures> {
  const calls = [
    bare(),
    cockatiel(),
    cockatielWithTimeouts(),
    opossum(),
    aiFallback(),
    langchain(),
    llmfb(),
    llmfbWithListener(),
  ]
  const streams = [bareStream(pieces), aiFallbackStream(pieces), llmfbStream(pieces)]
  return {
    calls: await compare(calls, options),
    streams: (await compare(streams, options)).map((figure) => ({ ...figure, perEventNs: figure.medianNs / pieces })),
  }
}

async function compare(candidates: readonly Candidate[], options: MeasureOptions): Promise<EngineFigure[]> {
  const samples = await measure(candidates, options)
  for (const candidate of candidates) candidate.dispose?.()
  const toBareOf = samples.get('bare') ?? []
  const toCockatielOf = samples.get('cockatiel')
  return [...samples].map(([name, ns]) => ({
    name,
    minNs: Math.min(...ns),
    medianNs: median(ns),
    toBare: medianRatio(ns, toBareOf),
    ...(toCockatielOf === undefined ? {} : { toCockatiel: medianRatio(ns, toCockatielOf) }),
  }))
}

export function reportEngine({ calls, streams }: EngineFigures): string {
  const ns = (value: number): string => Math.round(value).toString()
  const ratio = (value: number | undefined): string => value?.toFixed(2) ?? ''
  const callRows = calls.map((figure) => [
    figure.name,
    ns(figure.minNs),
    ns(figure.medianNs),
    ratio(figure.toBare),
    ratio(figure.toCockatiel),
  ])
  const streamRows = streams.map((figure) => [
    figure.name,
    ns(figure.minNs),
    ns(figure.medianNs),
    ns(figure.perEventNs ?? Number.NaN),
    ratio(figure.toBare),
  ])
  const find = (wanted: string): EngineFigure | undefined => calls.find(({ name }) => name === wanted)
  const ours = find('llmfb')?.toCockatiel ?? Number.NaN
  // On a busy machine the minima are the steadier of the two.
  const ofMinima = (find('llmfb')?.minNs ?? Number.NaN) / (find('cockatiel')?.minNs ?? Number.NaN)
  const verdict = ours <= bound.aim ? 'holds, aim reached' : ours <= bound.atMost ? 'holds' : 'DOES NOT HOLD'
  return [
    describeEnvironment(['cockatiel', 'opossum', 'ai-fallback', '@langchain/core']),
    '',
    'One call, answered at once from memory',
    toTable(['candidate', 'min ns', 'median ns', '× bare', '× cockatiel'], callRows),
    '',
    `One stream of ${pieces} events, from memory`,
    toTable(['candidate', 'min ns', 'median ns', 'ns per event', '× bare'], streamRows),
    '',
    `Bound: llmfb at most ${bound.atMost} × cockatiel (aim ${bound.aim}): ${ours.toFixed(2)}, ${verdict} (of the minima: ${ofMinima.toFixed(2)})`,
  ].join('\n')
}
