import { strategyDefaults } from '../../packages/core/src/strategy/defaults.ts'
import type {
  FieldKind,
  StrategyName,
  StrategyOptionsByName,
} from '../../packages/core/src/strategy/strategy-options.ts'
import { strategyFields, strategyNames } from '../../packages/core/src/strategy/strategy-options.ts'
import { generated, table } from './table.ts'

type Field = { [Name in StrategyName]: keyof StrategyOptionsByName[Name] }[StrategyName]

/** What each does, and when one wants that. */
const strategies: Readonly<Record<StrategyName, readonly [does: string, when: string]>> = {
  priority: ['in the order of the stage; goes back to the first as soon as it recovers', 'sequential, the default'],
  failover: [
    'stays where it is until that one fails, also when the first has recovered',
    'failover only: warm caches, no flapping',
  ],
  healthiest: ['the first healthy target, then degraded ones, then unhealthy ones', 'first healthy'],
  'best-effort': [
    'the fewest failures lately, then the shortest time as busy as each is',
    'an answer, whoever gives it',
  ],
  capability: [
    'the best fit: a window that suffices, the most honoured of what is asked, the least besides',
    'keeping able models for the requests that need them',
  ],
  cost: ['the cheapest for this request; a price that is not known comes last', 'cost first'],
  latency: [
    'the shortest time to the first content on average; those as good as the fastest share',
    'speed, little load',
  ],
  'peak-ewma': [
    'the less loaded of two drawn at random: peak time to the first content × calls under way ÷ weight',
    'speed, much load',
  ],
  'least-busy': ['the fewest calls under way for its weight', 'targets of the same speed'],
  'round-robin': ['whoever was chosen the longest time ago', 'even turns'],
  weighted: ['turns in proportion to `weight`, spread evenly', 'fixed shares, exactly'],
  'weighted-random': ['drawn in proportion to `weight`', 'fixed shares, over many processes'],
  random: ['each as likely as any other', 'even shares, over many processes'],
  sticky: [
    'the same target for the same user, session or prompt (weighted rendezvous hashing), unless it is far busier than the others',
    "services' prompt caches; consistent hashing",
  ],
  score: ['the best sum of cost, latency and health, each from 0 to 1, times its weight', 'cost against speed'],
}

const fields: Readonly<Record<Field, string>> = {
  explore: 'share of requests that go to any target at all, so that a judgement can be revised; 0 for none',
  withinRatio: 'targets slower than the fastest by no more than this share count as equally fast',
  answerTokens: 'tokens that an answer is taken to have, unless `maxTokens` allows fewer',
  by: '`user` of the request, a label of its `metadata`, or how its prompt begins; the last also where there is no user or session',
  label: "label of the request's `metadata` that tells its session",
  prefixChars: 'characters that count of the system messages and of the first message after them, each',
  ttlMs: 'how long a target is kept after the last request that went to it, in milliseconds',
  loadMargin: 'a target this many times as busy or slowed down as the others on average is left',
  maxKeys: 'most keys whose targets are remembered',
  cost: 'weight of what the request would cost',
  latency: 'weight of the time to the first content',
  health: 'weight of how often it fails, and of its status',
}

const defaults: Readonly<Record<Field, string | number>> = {
  ...strategyDefaults,
  by: 'user',
  cost: 1,
  latency: 1,
  health: 1,
}

const kinds: Readonly<Record<Extract<FieldKind, string>, string>> = {
  share: '0 to 1',
  amount: 'a number from 0',
  positive: 'a whole number from 1',
  text: 'a text',
}

function fieldRows(): string[][] {
  const all = new Map<string, { readonly kind: FieldKind; readonly of: StrategyName[] }>()
  for (const name of strategyNames) {
    for (const [field, kind] of Object.entries<FieldKind>(strategyFields[name])) {
      const known = all.get(field) ?? { kind, of: [] }
      known.of.push(name)
      all.set(field, known)
    }
  }
  return [...all].map(([field, { kind, of }]) => [
    `\`${field}\``,
    of.map((name) => `\`${name}\``).join(', '),
    fields[field as Field],
    typeof kind === 'string' ? kinds[kind] : kind.map((text) => `\`'${text}'\``).join(', '),
    `\`${JSON.stringify(defaults[field as Field])}\``,
  ])
}

/** All strategies of the house, and what each can be told. */
export function strategiesPage(): string {
  const rows = strategyNames.map((name) => {
    const options = Object.keys(strategyFields[name]).map((field) => `\`${field}\``)
    return [`\`${name}\``, ...strategies[name], options.join(', ') || '–']
  })
  return [
    '# Strategies\n',
    generated,
    "A strategy puts the targets of one stage in order, of those that could serve the request. By name: `strategy: 'latency'`; with",
    "options: `strategy: { name: 'latency', explore: 0.1 }`. A function, or a `Strategy` of your own, does as well: see",
    '[routing](guides/routing.md#strategies-of-your-own).\n',
    '## What each does\n',
    table(['strategy', 'what comes first', 'when', 'options'], rows),
    '`weight` of a target counts for `peak-ewma`, `least-busy`, `weighted`, `weighted-random` and `sticky`. Adaptive strategies judge by',
    'the calls that this process made.\n',
    '## Options\n',
    table(['option', 'of', 'meaning', 'value', 'default'], fieldRows()),
  ].join('\n')
}
