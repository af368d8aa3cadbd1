import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Candidate } from './candidate.ts'

export interface MeasureOptions {
  readonly rounds: number
  /** How long one candidate runs in one round, in milliseconds. */
  readonly sampleMs: number
}

/** Nanoseconds per call in each round, by the candidate's name. */
export type Samples = ReadonlyMap<string, readonly number[]>

/**
 * Measures all candidates in many short rounds, in an order that rotates from round to round. The young heap is
 * collected before each sample, so that nobody pays for another's garbage; what a candidate itself throws away it pays
 * for. A full collection there would shrink the young heap and make every candidate that allocates look two to three
 * times as slow as it is in a running program.
 */
export async function measure(candidates: readonly Candidate[], options: MeasureOptions): Promise<Samples> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void
  const samples = new Map<string, number[]>(candidates.map(({ name }) => [name, []]))
  const calls = new Map<string, number>()
  // Twice, since the compiler may change its mind about the first when it sees the others.
  for (const _ of [1, 2]) {
    for (const candidate of candidates) calls.set(candidate.name, await calibrate(candidate, options.sampleMs))
  }
  for (let round = 0; round < options.rounds; round++) {
    for (let position = 0; position < candidates.length; position++) {
      const candidate = candidates[(round + position) % candidates.length] as Candidate
      collect({ type: 'minor' })
      samples.get(candidate.name)?.push(await nsPerCall(candidate, calls.get(candidate.name) ?? 1))
    }
  }
  return samples
}

async function nsPerCall(candidate: Candidate, calls: number): Promise<number> {
  const start = process.hrtime.bigint()
  for (let done = 0; done < calls; done++) await candidate.call()
  return Number(process.hrtime.bigint() - start) / calls
}

/** Warms up, and finds how many calls take about as long as a sample is to last. */
async function calibrate(candidate: Candidate, sampleMs: number): Promise<number> {
  for (let calls = 1; ; calls *= 2) {
    const ns = await nsPerCall(candidate, calls)
    if (ns * calls >= sampleMs * 1e6) return Math.max(1, Math.round((sampleMs * 1e6) / ns))
  }
}
