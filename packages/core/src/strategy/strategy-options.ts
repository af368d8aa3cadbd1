import type { AffinityOptions } from './affinity-key.ts'
import type { CostOptions } from './cost.ts'
import type { ExplorationOptions } from './healthiest.ts'
import type { LatencyOptions } from './latency.ts'
import type { ScoreOptions } from './score.ts'
import type { StickyOptions } from './sticky.ts'
import type { Strategy } from './strategy.ts'

/** What each strategy can be told. */
export interface StrategyOptionsByName {
  readonly priority: object
  readonly failover: object
  readonly healthiest: ExplorationOptions
  readonly 'best-effort': ExplorationOptions
  readonly capability: object
  readonly cost: CostOptions
  readonly latency: LatencyOptions
  readonly 'peak-ewma': ExplorationOptions
  readonly 'least-busy': ExplorationOptions
  readonly 'round-robin': object
  readonly weighted: object
  readonly 'weighted-random': object
  readonly random: object
  readonly sticky: StickyOptions
  readonly score: ScoreOptions
}

export type StrategyName = keyof StrategyOptionsByName

/** A strategy of the house as data, such as `{ name: 'sticky', by: 'session', ttlMs: 600_000 }`. */
export type StrategyOptions = {
  readonly [Name in StrategyName]: { readonly name: Name } & StrategyOptionsByName[Name]
}[StrategyName]

/** A number from 0 to 1, one from 0, one from 1, a text that is not empty, or one of these texts. */
export type FieldKind = 'share' | 'amount' | 'positive' | 'text' | readonly string[]

const explore = { explore: 'share' } as const
const answerTokens = { answerTokens: 'positive' } as const
const affinity: Required<Record<keyof AffinityOptions, FieldKind>> = {
  by: ['user', 'session', 'prompt'],
  label: 'text',
  prefixChars: 'positive',
}

/** The names of all strategies, each with the fields that its options may have beside `name`. */
export const strategyFields: {
  readonly [Name in StrategyName]: Readonly<Record<keyof StrategyOptionsByName[Name], FieldKind>>
} = {
  priority: {},
  failover: {},
  healthiest: explore,
  'best-effort': explore,
  capability: {},
  cost: answerTokens,
  latency: { withinRatio: 'amount', ...explore },
  'peak-ewma': explore,
  'least-busy': explore,
  'round-robin': {},
  weighted: {},
  'weighted-random': {},
  random: {},
  sticky: { ...affinity, ttlMs: 'positive', loadMargin: 'positive', maxKeys: 'positive' },
  score: { cost: 'amount', latency: 'amount', health: 'amount', ...answerTokens, ...explore },
}

export const strategyNames: readonly StrategyName[] = Object.keys(strategyFields) as StrategyName[]

/** A strategy that orders and keeps nothing in mind. */
export type StrategyFunction = Strategy['order']

/** What a stage can be told of its strategy. */
export type StrategyConfig = StrategyName | StrategyOptions | Strategy | StrategyFunction
