import { describe, expect, it } from 'vitest'
import type { InvalidConfigError } from '../errors/invalid-config-error.ts'
import { isLlmfbError } from '../errors/llmfb-error.ts'
import { checkRouterOptions } from './check-router-options.ts'

const valid = { providers: [], routes: { chat: ['a/m'] } }

function issuesOf(options: unknown): readonly (readonly [string, string])[] {
  try {
    checkRouterOptions(options)
  } catch (error) {
    if (!isLlmfbError(error) || error.code !== 'invalid-config') throw error
    return (error as InvalidConfigError).issues.map(({ path, problem }) => [path, problem])
  }
  return []
}

/** A route in full around these fields. */
const route = (fields: object) => ({ ...valid, routes: { chat: { stages: [{ targets: ['a/m'] }], ...fields } } })
const stage = (fields: object) => route({ stages: [fields] })

describe('what a route, its stages and what surrounds it are told', () => {
  const bad: readonly (readonly [string, unknown, string, string])[] = [
    [
      'a strategy with a slip',
      stage({ targets: ['a/m'], strategy: 'round_robin' }),
      'options.routes.chat.stages[0].strategy',
      "must be a strategy's name, or a Strategy { name, order } or its order function; 'round_robin' is not one; did you mean 'round-robin'?",
    ],
    [
      'a strategy that is no such thing',
      stage({ targets: ['a/m'], strategy: 5 }),
      'options.routes.chat.stages[0].strategy',
      'not 5; known are',
    ],
    [
      'a strategy without a name',
      stage({ targets: ['a/m'], strategy: { explore: 0.1 } }),
      'options.routes.chat.stages[0].strategy',
      'not an object; known are',
    ],
    [
      'a strategy of the name of something else',
      stage({ targets: ['a/m'], strategy: 'toString' }),
      'options.routes.chat.stages[0].strategy',
      "'toString' is not one",
    ],
    [
      'a strategy by name with a slip',
      stage({ targets: ['a/m'], strategy: { name: 'stiky', by: 'user' } }),
      'options.routes.chat.stages[0].strategy',
      "did you mean 'sticky'?",
    ],
    [
      'an order without a name',
      stage({ targets: ['a/m'], strategy: { order: () => [] } }),
      'options.routes.chat.stages[0].strategy',
      'must be a strategy',
    ],
    [
      'an option of another strategy',
      stage({ targets: ['a/m'], strategy: { name: 'cost', explore: 0.1 } }),
      'options.routes.chat.stages[0].strategy.explore',
      'is not known; known are name, answerTokens',
    ],
    [
      'an option of a strategy with a slip',
      stage({ targets: ['a/m'], strategy: { name: 'sticky', ttl: 5 } }),
      'options.routes.chat.stages[0].strategy.ttl',
      "did you mean 'ttlMs'?",
    ],
    [
      'a share that is none',
      stage({ targets: ['a/m'], strategy: { name: 'latency', explore: 3 } }),
      'options.routes.chat.stages[0].strategy.explore',
      'must be a number from 0 to 1, not 3',
    ],
    [
      'an affinity to nothing',
      stage({ targets: ['a/m'], strategy: { name: 'sticky', by: 'weather' } }),
      'options.routes.chat.stages[0].strategy.by',
      'must be one of user, session, prompt',
    ],
    [
      'a part of a score below nothing',
      stage({ targets: ['a/m'], strategy: { name: 'score', cost: -1 } }),
      'options.routes.chat.stages[0].strategy.cost',
      'of at least 0, not -1',
    ],
    ...['rpm', 'tpm', 'inputTpm', 'outputTpm', 'concurrency'].map(
      (name) =>
        [
          `an ${name} of nothing`,
          { ...valid, routes: { chat: [{ model: 'a/m', [name]: 0 }] } },
          `options.routes.chat[0].${name}`,
          'must be a whole number of at least 1, not 0',
        ] as const,
    ),
    [
      'a weight of nothing',
      { ...valid, routes: { chat: [{ model: 'a/m', weight: 0 }] } },
      'options.routes.chat[0].weight',
      'must be a number of at least',
    ],
    [
      'a vector space without a name',
      { ...valid, routes: { chat: [{ model: 'a/m', vectorSpace: '' }] } },
      'options.routes.chat[0].vectorSpace',
      'must be a text that is not empty',
    ],
    ['a hedge that is none', route({ hedge: true }), 'options.routes.chat.hedge', 'must be an object, not a boolean'],
    [
      'a hedge before the call',
      route({ hedge: { afterMs: -1 } }),
      'options.routes.chat.hedge.afterMs',
      'of at least 0',
    ],
    [
      'a hedge of more than all',
      route({ hedge: { maxShare: 5 } }),
      'options.routes.chat.hedge.maxShare',
      'from 0 to 1, not 5',
    ],
    [
      'an unknown setting of a hedge',
      route({ hedge: { after: 5 } }),
      'options.routes.chat.hedge.after',
      "did you mean 'afterMs'?",
    ],
    [
      'an unknown policy for reasoning',
      route({ foreignReasoning: 'drop' }),
      'options.routes.chat.foreignReasoning',
      'must be one of omit, refuse',
    ],
    [
      'a cost as a text',
      route({ maxCostUsd: '1' }),
      'options.routes.chat.maxCostUsd',
      'must be a number of at least 0',
    ],
    ['a cost without end', route({ maxCostUsd: Infinity }), 'options.routes.chat.maxCostUsd', 'not Infinity'],
    ['a load below nothing', route({ warmingMs: -1 }), 'options.routes.chat.warmingMs', 'of at least 0'],
    [
      'an unknown policy for vectors',
      route({ vectorSpaces: 'all' }),
      'options.routes.chat.vectorSpaces',
      'must be one of same, any',
    ],
    [
      'a share of slow calls above 1',
      { ...valid, circuit: { slowCallRate: 80 } },
      'options.circuit.slowCallRate',
      'from 0 to 1, not 80',
    ],
    [
      'content slow at once',
      { ...valid, circuit: { slowFirstContentMs: 0 } },
      'options.circuit.slowFirstContentMs',
      'of at least 1, not 0',
    ],
    ['a ramp downwards', { ...valid, circuit: { rampUpMs: -1 } }, 'options.circuit.rampUpMs', 'of at least 0, not -1'],
    ['a middleware that is no list', { ...valid, middleware: {} }, 'options.middleware', 'must be an array of'],
    [
      'a middleware without a name',
      { ...valid, middleware: [{ chat: () => 0 }] },
      'options.middleware[0].name',
      'must be a text',
    ],
    [
      'a middleware that wraps nothing',
      { ...valid, middleware: [{ name: 'log' }] },
      'options.middleware[0]',
      'must have chat, stream or both',
    ],
    [
      'two middlewares of one name',
      {
        ...valid,
        middleware: [
          { name: 'log', chat: () => 0 },
          { name: 'log', stream: () => 0 },
        ],
      },
      'options.middleware[1].name',
      "'log' is there twice",
    ],
    [
      'prices that nobody can ask',
      { ...valid, prices: { 'a/m': 1 } },
      'options.prices',
      'must be a PriceSource { priceOf }',
    ],
    [
      'a store that lacks a part',
      { ...valid, store: { get() {}, set() {}, add() {} } },
      'options.store',
      'must be a Store { get, set, add, watch }',
    ],
  ]

  it.each(bad)('with %s is refused, with the path', (_, options, path, problem) => {
    const issues = issuesOf(options)
    expect(issues.map(([at]) => at)).toEqual([path])
    expect(issues[0]?.[1]).toContain(problem)
  })

  it('may name each strategy, with nothing or with its options', async () => {
    const { strategyNames } = await import('../strategy/strategy-options.ts')
    for (const name of strategyNames) {
      expect(issuesOf(stage({ targets: ['a/m'], strategy: name }))).toEqual([])
      expect(issuesOf(stage({ targets: ['a/m'], strategy: { name } }))).toEqual([])
    }
  })
})
