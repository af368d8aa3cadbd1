import type { Candidate, Strategy } from '@llmfb/core'
import { createSeededRandom, createStrategy, strategyNames } from '@llmfb/core/testing'
import { describeEnvironment } from '../environment.ts'
import { median } from '../statistics.ts'
import { toTable } from '../table.ts'
import { createTargets } from './targets.ts'

/** How many targets a strategy chooses among. */
const sizes = [10, 100, 1000] as const

export interface ChoiceOptions {
  readonly rounds: number
  /** How long one strategy chooses among one number of targets in one round, in milliseconds. */
  readonly sampleMs: number
}

export interface ChoiceFigure {
  readonly strategy: string
  /** What one choice costs, in nanoseconds, by the number of targets: the round that was disturbed least. */
  readonly minNs: readonly number[]
  readonly medianNs: readonly number[]
  /** What a choice among 1,000 costs over one among 10, of the minima. */
  readonly toTen: number
  /** Whether it can choose without a look at every target. */
  readonly sortless: boolean
}

/** DESIGN.md, section 7: among 1,000 targets at most so many times what it costs among 10. */
const bound = 3

// They need not look at every target, so that the bound is theirs.
const sortless = ['priority', 'failover', 'round-robin', 'weighted', 'weighted-random', 'random', 'peak-ewma']

const request = { model: 'chat', messages: [{ role: 'user', content: 'Why is the sky blue?' }], user: 'ann' } as const

/** Makes choices one after the other: who would be first, and that it was chosen. */
function createChooser(strategy: Strategy, targets: readonly Candidate[]): (times: number) => number {
  const random = createSeededRandom(1)
  let now = 0
  return (times) => {
    const start = process.hrtime.bigint()
    for (let time = 0; time < times; time++) {
      const context = { route: 'chat', stage: 'primary', request, now: now++, random, estimateTokens: () => 100 }
      for (const target of strategy.order(targets, context)) {
        strategy.chosen?.(target, context)
        break
      }
    }
    return Number(process.hrtime.bigint() - start) / times
  }
}

/** Warms up, and finds how many choices take about as long as a sample is to last. */
function calibrate(choose: (times: number) => number, sampleMs: number): number {
  for (let times = 1; ; times *= 2) {
    const ns = choose(times)
    if (ns * times >= sampleMs * 1e6) return times
  }
}

export function measureChoice({ rounds, sampleMs }: ChoiceOptions): readonly ChoiceFigure[] {
  return strategyNames.map((name) => {
    const choosers = sizes.map((size) => createChooser(createStrategy(name), createTargets(size)))
    // Twice, since the compiler may change its mind about the first when it sees the others.
    for (const choose of choosers) calibrate(choose, sampleMs)
    const times = choosers.map((choose) => calibrate(choose, sampleMs))
    const samples: number[][] = sizes.map(() => [])
    for (let round = 0; round < rounds; round++) {
      choosers.forEach((choose, size) => samples[size]?.push(choose(times[size] ?? 1)))
    }
    const minNs = samples.map((ns) => Math.min(...ns))
    return {
      strategy: name,
      minNs,
      medianNs: samples.map(median),
      toTen: (minNs.at(-1) ?? Number.NaN) / (minNs[0] ?? Number.NaN),
      sortless: sortless.includes(name),
    }
  })
}

export function reportChoice(figures: readonly ChoiceFigure[]): string {
  const rows = figures.map(({ strategy, minNs, medianNs, toTen, sortless: isBound }) => [
    strategy,
    ...minNs.map((ns) => ns.toFixed(0)),
    (medianNs.at(-1) ?? Number.NaN).toFixed(0),
    toTen.toFixed(2),
    isBound ? (toTen <= bound ? 'holds' : 'DOES NOT HOLD') : '',
  ])
  const titles = sizes.map((size) => `min ns, ${size}`)
  return [
    describeEnvironment([]).trimEnd(),
    '',
    'One choice: the first target, and that it was chosen',
    toTable(['strategy', ...titles, 'median ns, 1000', '1000 : 10', `at most ${bound}`], rows),
  ].join('\n')
}
