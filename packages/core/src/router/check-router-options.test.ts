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

describe('the options of a router', () => {
  it('may be of the least, and of the most', () => {
    const all = {
      ...route({
        stages: [
          {
            name: 'primary',
            strategy: 'priority',
            targets: [
              'a/m',
              {
                model: 'b/m',
                parameters: { temperature: null, maxTokens: 5 },
                weight: 0.5,
                rpm: 1,
                tpm: 1,
                inputTpm: 1,
                outputTpm: 1,
                concurrency: 1,
                vectorSpace: 'one',
              },
            ],
          },
          { name: 'told', strategy: { name: 'sticky', by: 'user', ttlMs: 5, loadMargin: 2 }, targets: ['a/m'] },
          { name: 'function', strategy: () => [], targets: ['a/m'] },
          { name: 'own', strategy: { name: 'mine', order: () => [] }, targets: ['a/m'] },
        ],
        retry: { attempts: 1, baseMs: 0, capMs: 0 },
        maxAttempts: 3,
        deadlineMs: 1000,
        attemptMs: 1000,
        firstContentMs: 10,
        idleMs: 10,
        maxWaitMs: 0,
        afterCommit: 'continue',
        hedge: { afterMs: 0, maxShare: 0.1 },
        foreignReasoning: 'refuse',
        maxCostUsd: 0.01,
        warmingMs: 0,
        vectorSpaces: 'any',
        parameters: 'drop',
        failures: { server: { retryHere: 'no', nextTarget: 'yes', pause: 'none', healthWeight: 0.5 } },
      }),
      id: 'my-router-2',
      experimental: ['*'],
      strict: true,
      env: {},
      circuit: {
        openMs: 10,
        maxOpenMs: 10,
        failureRate: 1,
        slowCallRate: 0,
        slowFirstContentMs: 1,
        rampUpMs: 0,
      },
      middleware: [{ name: 'log', chat: () => 0, own: 5 }],
      prices: { priceOf: () => undefined },
      store: { get() {}, set() {}, add() {}, watch() {} },
      retryBudget: { ratio: 0, minimumPerSecond: 0 },
      health: { averageWeight: 1 },
      onEvent: () => undefined,
      random: () => 0,
      clock: { now: () => 0, wallTime: () => 0, schedule: () => ({ cancel: () => undefined }) },
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    }
    expect(issuesOf(valid)).toEqual([])
    expect(issuesOf(all)).toEqual([])
  })

  const bad: readonly (readonly [string, unknown, string, string])[] = [
    ['no object', undefined, 'options', 'must be an object, not nothing'],
    ['a list', [], 'options', 'not an array'],
    ['no providers', { routes: valid.routes }, 'options.providers', 'must be an array of providers, not nothing'],
    ['providers that are no list', { ...valid, providers: {} }, 'options.providers', 'not an object'],
    ['no routes', { providers: [] }, 'options.routes', 'must be an object of at least one route by name, not nothing'],
    ['empty routes', { ...valid, routes: {} }, 'options.routes', 'at least one route'],
    ['routes as a list', { ...valid, routes: ['a/m'] }, 'options.routes', 'not an array'],
    ['an unknown option', { ...valid, route: {} }, 'options.route', "did you mean 'routes'?"],
    [
      'a __proto__ option',
      JSON.parse('{"providers":[],"routes":{"chat":["a/m"]},"__proto__":{}}'),
      'options.__proto__',
      'is not known',
    ],
    ['an id in capitals', { ...valid, id: 'Router' }, 'options.id', 'must be lower case letters, digits and -'],
    ['an id that is no text', { ...valid, id: 5 }, 'options.id', 'must be lower case'],
    ['strict as a text', { ...valid, strict: 'yes' }, 'options.strict', 'must be true or false'],
    [
      'experimental as a text',
      { ...valid, experimental: 'dial' },
      'options.experimental',
      'must be an array of provider ids',
    ],
    ['an environment that is none', { ...valid, env: 'A=1' }, 'options.env', 'must be an object'],
    ['a listener that is none', { ...valid, onEvent: {} }, 'options.onEvent', 'must be a function'],
    ['randomness that is none', { ...valid, random: 0.5 }, 'options.random', 'must be a function'],
    ['a clock that is none', { ...valid, clock: {} }, 'options.clock', 'must be a Clock { now, wallTime, schedule }'],
    [
      'a clock that lacks a part',
      { ...valid, clock: { now: () => 0, schedule: () => 0 } },
      'options.clock',
      'must be a Clock',
    ],
    [
      'a logger that is none',
      { ...valid, logger: () => 0 },
      'options.logger',
      'must be a Logger { debug, info, warn, error }',
    ],
    [
      'an unknown circuit setting',
      { ...valid, circuit: { open: 5 } },
      'options.circuit.open',
      "did you mean 'openMs'?",
    ],
    [
      'a failure rate above 1',
      { ...valid, circuit: { failureRate: 50 } },
      'options.circuit.failureRate',
      'from 0 to 1, not 50',
    ],
    ['half a slice', { ...valid, circuit: { windowSlices: 1.5 } }, 'options.circuit.windowSlices', 'whole number'],
    [
      'an opening that shrinks',
      { ...valid, circuit: { openMs: 10, maxOpenMs: 5 } },
      'options.circuit.openMs',
      'of 10 is more than maxOpenMs, which is 5',
    ],
    ['a negative budget', { ...valid, retryBudget: { ratio: -1 } }, 'options.retryBudget.ratio', 'from 0 to 1, not -1'],
    [
      'an average that is no share',
      { ...valid, health: { averageWeight: 2 } },
      'options.health.averageWeight',
      'from 0 to 1',
    ],
    [
      'an empty route',
      { ...valid, routes: { chat: [] } },
      'options.routes.chat',
      'must be an array of at least one target, not an empty one',
    ],
    [
      'a route that is a text',
      { ...valid, routes: { chat: 'a/m' } },
      'options.routes.chat',
      'must be an object, not a string',
    ],
    [
      'a route without stages',
      { ...valid, routes: { chat: {} } },
      'options.routes.chat.stages',
      'must be an array of at least one stage, not nothing',
    ],
    [
      'a route of no stages',
      route({ stages: [] }),
      'options.routes.chat.stages',
      'at least one stage, not an empty one',
    ],
    ['a stage of no targets', stage({ targets: [] }), 'options.routes.chat.stages[0].targets', 'at least one target'],
    ['a stage without targets', stage({}), 'options.routes.chat.stages[0].targets', 'at least one target, not nothing'],
    [
      'a stage that is a text',
      route({ stages: ['a/m'] }),
      'options.routes.chat.stages[0]',
      'must be an object, not a string',
    ],
    [
      'an unknown strategy',
      stage({ targets: ['a/m'], strategy: 'fastest' }),
      'options.routes.chat.stages[0].strategy',
      "'fastest' is not one; known are priority, failover, healthiest, best-effort, capability, cost, latency, peak-ewma",
    ],
    [
      'a stage without a name',
      stage({ targets: ['a/m'], name: '' }),
      'options.routes.chat.stages[0].name',
      'must be a text that is not empty',
    ],
    [
      'an empty target',
      { ...valid, routes: { chat: [''] } },
      'options.routes.chat[0]',
      "must be 'provider/model' or { model }",
    ],
    [
      'a target without a model',
      { ...valid, routes: { chat: [{}] } },
      'options.routes.chat[0].model',
      'must be a text',
    ],
    [
      'an unknown field of a target',
      { ...valid, routes: { chat: [{ model: 'a/m', wieght: 2 }] } },
      'options.routes.chat[0].wieght',
      'is not known',
    ],
    [
      'an unknown override',
      { ...valid, routes: { chat: [{ model: 'a/m', parameters: { temprature: 1 } }] } },
      'options.routes.chat[0].parameters.temprature',
      "did you mean 'temperature'?",
    ],
    [
      'an override out of bounds',
      { ...valid, routes: { chat: [{ model: 'a/m', parameters: { temperature: 3 } }] } },
      'options.routes.chat[0].parameters.temperature',
      'from 0 to 2, not 3',
    ],
    ["a '/' in a route's name", { ...valid, routes: { 'a/b': ['a/m'] } }, 'options.routes["a/b"]', "without '/'"],
    [
      'a route without a name',
      { ...valid, routes: { '': ['a/m'] } },
      'options.routes[""]',
      "must have a name without '/'",
    ],
    [
      'an unknown setting of a route',
      route({ deadline: 5 }),
      'options.routes.chat.deadline',
      "did you mean 'deadlineMs'?",
    ],
    ['a deadline of nothing', route({ deadlineMs: 0 }), 'options.routes.chat.deadlineMs', 'of at least 1, not 0'],
    ['a deadline of no end', route({ deadlineMs: Infinity }), 'options.routes.chat.deadlineMs', 'not Infinity'],
    ['half an attempt', route({ maxAttempts: 1.5 }), 'options.routes.chat.maxAttempts', 'whole number'],
    [
      'an unknown policy after commit',
      route({ afterCommit: 'resume' }),
      'options.routes.chat.afterCommit',
      'must be one of error',
    ],
    [
      'an unknown policy for parameters',
      route({ parameters: 'ignore' }),
      'options.routes.chat.parameters',
      'must be one of require, drop',
    ],
    [
      'an unknown kind of failure',
      route({ failures: { serve: {} } }),
      'options.routes.chat.failures.serve',
      "did you mean 'server'?",
    ],
    [
      'an unknown word in a row',
      route({ failures: { server: { retryHere: 'twice' } } }),
      'options.routes.chat.failures.server.retryHere',
      'must be one of no, once, yes',
    ],
    [
      'a weight above 1',
      route({ failures: { server: { healthWeight: 2 } } }),
      'options.routes.chat.failures.server.healthWeight',
      'from 0 to 1',
    ],
    [
      'an attempt clock beyond the deadline',
      route({ deadlineMs: 10, attemptMs: 20 }),
      'options.routes.chat.attemptMs',
      'of 20 is more than deadlineMs, which is 10',
    ],
    [
      'an idle clock beyond the deadline',
      route({ deadlineMs: 10, idleMs: 20 }),
      'options.routes.chat.idleMs',
      'is more than deadlineMs',
    ],
    [
      'an attempt clock beyond the default deadline',
      route({ attemptMs: 120_000 }),
      'options.routes.chat.attemptMs',
      'of 120000 is more than deadlineMs, which is 60000 by default',
    ],
    [
      'a clock of first content beyond the default deadline',
      route({ firstContentMs: 90_000 }),
      'options.routes.chat.firstContentMs',
      'of 90000 is more than deadlineMs, which is 60000 by default',
    ],
    [
      'more retries than attempts',
      route({ maxAttempts: 2, retry: { attempts: 2 } }),
      'options.routes.chat.retry.attempts',
      'of 2 can never be made with maxAttempts 2',
    ],
    [
      'more retries than attempts by default',
      route({ retry: { attempts: 10 } }),
      'options.routes.chat.retry.attempts',
      'of 10 can never be made with maxAttempts 6, the default',
    ],
    [
      'a base above the default cap',
      route({ retry: { baseMs: 30_000 } }),
      'options.routes.chat.retry.baseMs',
      'of 30000 is more than capMs, which is 20000 by default',
    ],
    [
      'a cap below the default base',
      route({ retry: { capMs: 100 } }),
      'options.routes.chat.retry.capMs',
      'of 100 is less than baseMs, which is 250 by default',
    ],
    [
      'an opening above the longest by default',
      { ...valid, circuit: { openMs: 600_000 } },
      'options.circuit.openMs',
      'of 600000 is more than maxOpenMs, which is 300000 by default',
    ],
    [
      'a longest opening below the first by default',
      { ...valid, circuit: { maxOpenMs: 1000 } },
      'options.circuit.maxOpenMs',
      'of 1000 is less than openMs, which is 5000 by default',
    ],
    [
      'degraded after unhealthy',
      { ...valid, health: { degradedErrors: 7 } },
      'options.health.degradedErrors',
      'of 7 is more than unhealthyErrors, which is 5 by default',
    ],
    [
      'more errors than are counted',
      { ...valid, health: { unhealthyErrors: 20 } },
      'options.health.unhealthyErrors',
      'must be a number from 0 to 10, not 20',
    ],
    [
      'a cap below its base',
      route({ retry: { baseMs: 100, capMs: 50 } }),
      'options.routes.chat.retry.baseMs',
      'of 100 is more than capMs, which is 50',
    ],
  ]

  it.each(bad)('with %s are refused, with the path', (_, options, path, problem) => {
    const issues = issuesOf(options)
    expect(issues.map(([at]) => at)).toEqual([path])
    expect(issues[0]?.[1]).toContain(problem)
  })

  it('may have a deadline, or a limit of attempts, below the defaults of what it ends', () => {
    expect(issuesOf(route({ deadlineMs: 5000 }))).toEqual([])
    expect(issuesOf(route({ maxAttempts: 1 }))).toEqual([])
    expect(
      issuesOf(route({ deadlineMs: 120_000, attemptMs: 120_000, maxAttempts: 20, retry: { attempts: 10 } })),
    ).toEqual([])
  })

  it('with many mistakes are refused once, with all of them', () => {
    const issues = issuesOf({
      providers: 'openai',
      routes: {
        'a/b': [],
        chat: {
          stages: [{ targets: [5] }, { name: 'x', targets: ['a/m'] }, { name: 'x', targets: ['a/m'] }],
          idleMs: 'long',
        },
      },
      strict: 1,
      colour: 'blue',
    })
    expect(issues.map(([path]) => path).toSorted()).toEqual(
      [
        'options.colour',
        'options.providers',
        'options.strict',
        'options.routes["a/b"]',
        'options.routes["a/b"]',
        'options.routes.chat.idleMs',
        'options.routes.chat.stages[0].targets[0]',
        'options.routes.chat.stages[2].name',
      ].toSorted(),
    )
  })

  it('that are wrong are told in one message, a line for each', () => {
    const message = (() => {
      try {
        checkRouterOptions({ providers: [], routes: {}, colour: 'blue' })
        return ''
      } catch (error) {
        return (error as Error).message
      }
    })()
    expect(message.split('\n')).toHaveLength(3)
    expect(message).toContain('Invalid configuration:')
  })
})
