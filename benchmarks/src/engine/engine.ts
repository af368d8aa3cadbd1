import { describeEnvironment } from '../environment.ts'
import { median, medianRatio } from '../statistics.ts'
import { toTable } from '../table.ts'
import { aiFallback, aiFallbackStream } from './ai-fallback.ts'
import { bare, bareStream } from './bare.ts'
import type { Candidate } from './candidate.ts'
import { cockatiel, cockatielWithTimeouts } from './cockatiel.ts'
import { langchain } from './langchain.ts'
import { llmfb, llmfbStream, llmfbWithEverything, llmfbWithLimits } from './llmfb.ts'
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
  /** What one event of a stream costs, in the round that was disturbed least. */
  readonly perEventNs?: number
}

export interface EngineFigures {
  readonly calls: readonly EngineFigure[]
  readonly streams: readonly StreamFigures[]
}

export interface StreamFigures {
  /** Of text in one stream. */
  readonly pieces: number
  readonly figures: readonly EngineFigure[]
}

/** The engine's overhead over cockatiel's `wrap(retry, circuitBreaker)` alone: docs/decisions/0021, by candidate. */
const bounds = { llmfb: 2, 'llmfb, everything on': 3 } as const

/** What DESIGN.md, section 7, asks for. */
const designBound = 1.5

/** Pieces of text in one stream: as many as an answer may have, and so many that only they count. */
const lengths = [200, 10_000] as const

export async function measureEngine(options: MeasureOptions): Promise<EngineFigures> {
  const calls = [
    bare(),
    cockatiel(),
    cockatielWithTimeouts(),
    opossum(),
    aiFallback(),
    langchain(),
    llmfb(),
    llmfbWithLimits(),
    llmfbWithEverything(),
  ]
  const streams: StreamFigures[] = []
  const callFigures = await compare(calls, options)
  for (const pieces of lengths) {
    const figures = await compare([bareStream(pieces), aiFallbackStream(pieces), llmfbStream(pieces)], options)
    streams.push({ pieces, figures: figures.map((figure) => ({ ...figure, perEventNs: figure.minNs / pieces })) })
  }
  return { calls: callFigures, streams }
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
  const streamRows = (figures: readonly EngineFigure[]): string[][] =>
    figures.map((figure) => [
      figure.name,
      ns(figure.minNs),
      ns(figure.medianNs),
      ns(figure.perEventNs ?? Number.NaN),
      ratio(figure.toBare),
    ])
  const find = (wanted: string): EngineFigure | undefined => calls.find(({ name }) => name === wanted)
  const cockatielNs = find('cockatiel')?.minNs ?? Number.NaN
  const verdictOf = (name: keyof typeof bounds): string => {
    const figure = find(name)
    const median = figure?.toCockatiel ?? Number.NaN
    // On a busy machine the minima are the steadier of the two.
    const ofMinima = (figure?.minNs ?? Number.NaN) / cockatielNs
    const verdict = median <= bounds[name] ? 'holds' : 'DOES NOT HOLD'
    const design = `DESIGN.md's ${designBound} ${median <= designBound ? 'holds too' : 'does not'}`
    return `Bound: ${name} at most ${bounds[name]} × cockatiel: ${ratio(median)}, ${verdict}; ${design} (of the minima: ${ratio(ofMinima)})`
  }
  return [
    describeEnvironment(['cockatiel', 'opossum', 'ai-fallback', '@langchain/core']),
    '',
    'One call, answered at once from memory',
    toTable(['candidate', 'min ns', 'median ns', '× bare', '× cockatiel'], callRows),
    ...streams.flatMap(({ pieces, figures }) => [
      '',
      `One stream of ${pieces} events, from memory`,
      toTable(['candidate', 'min ns', 'median ns', 'min ns per event', '× bare'], streamRows(figures)),
    ]),
    '',
    verdictOf('llmfb'),
    verdictOf('llmfb, everything on'),
  ].join('\n')
}
