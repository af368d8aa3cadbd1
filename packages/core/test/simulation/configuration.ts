import type { Limits } from '../../src/limit/limits.ts'
import type { RouteOptions, StageConfig, TargetConfig } from '../../src/router/options.ts'
import type { StrategyConfig } from '../../src/strategy/strategy-options.ts'
import type { TargetModel } from './behaviour.ts'
import type { Draw } from './draw.ts'
import type { Pools } from './pool-model.ts'

/** A route with every setting that an invariant asks for. */
export type RouteScenario = RouteOptions & { readonly deadlineMs: number; readonly maxAttempts: number }

/** What a router runs by until it is told anew. */
export interface Configuration {
  readonly routes: Readonly<Record<string, RouteScenario>>
  /** Of targets that have any. */
  readonly limits: ReadonlyMap<string, Limits>
  /** Of providers that have several keys. */
  readonly pools: Pools
}

/** The name in a route's list. */
export function modelOf(target: TargetConfig): string {
  return typeof target === 'string' ? target : target.model
}

/** All that routes name, other routes included. */
export function namesIn({ routes }: Configuration): Set<string> {
  return new Set(Object.values(routes).flatMap(({ stages }) => stages.flatMap(({ targets }) => targets.map(modelOf))))
}

/** The options of a route that a caller names, or those of a target beside all routes. */
export function routeOf({ routes }: Configuration, name: string): RouteScenario {
  return routes[name] ?? { stages: [{ targets: [name] }], deadlineMs: 60_000, maxAttempts: 6 }
}

const strategies: readonly StrategyConfig[] = [
  'priority',
  'failover',
  'healthiest',
  'best-effort',
  'capability',
  'cost',
  'latency',
  'peak-ewma',
  'least-busy',
  'round-robin',
  'weighted',
  'weighted-random',
  'random',
  'sticky',
  'score',
  { name: 'healthiest', explore: 0.2 },
  { name: 'latency', withinRatio: 0.5, explore: 0.1 },
  { name: 'sticky', by: 'prompt', ttlMs: 2000, maxKeys: 10 },
  { name: 'score', cost: 2, latency: 1, health: 3, explore: 0 },
  { name: 'cost', answerTokens: 100 },
  (candidates) => candidates.toReversed(),
  function mood(candidates, { now }) {
    if (now % 97 < 1) throw new Error('a strategy may fail')
    return now % 2 < 1 ? candidates : candidates.slice(0, 1)
  },
  {
    name: 'own',
    *order(candidates, { random }) {
      yield* candidates.filter(() => random() < 0.8)
    },
  },
]

function drawLimits(draw: Draw): Limits {
  return {
    ...(draw.chance(0.5) ? { rpm: draw.integer(30, 600) } : {}),
    ...(draw.chance(0.3) ? { tpm: draw.integer(20_000, 200_000) } : {}),
    ...(draw.chance(0.2) ? { inputTpm: draw.integer(10_000, 60_000) } : {}),
    ...(draw.chance(0.2) ? { outputTpm: draw.integer(10_000, 60_000) } : {}),
    ...(draw.chance(0.5) ? { concurrency: draw.integer(1, 12) } : {}),
  }
}

function drawTarget(draw: Draw, model: string, limits: ReadonlyMap<string, Limits>): TargetConfig {
  if (draw.chance(0.4)) return model
  return {
    model,
    ...limits.get(model),
    ...(draw.chance(0.5) ? { weight: draw.pick([0.5, 1, 2, 5]) } : {}),
    ...(draw.chance(0.1) ? { parameters: draw.pick([{ temperature: 0.5 }, { temperature: null }]) } : {}),
  }
}

function drawStages(
  draw: Draw,
  targets: readonly TargetModel[],
  inner: readonly string[],
  limits: ReadonlyMap<string, Limits>,
): StageConfig[] {
  return Array.from({ length: draw.integer(1, 3) }, (_, index) => {
    const chosen = draw.shuffle(targets).slice(0, draw.integer(1, 4))
    const names = chosen.map(({ target }) => target)
    if (inner.length > 0 && draw.chance(0.3)) names[draw.integer(0, names.length - 1)] = draw.pick(inner)
    if (draw.chance(0.1)) names.push(draw.pick(names))
    return {
      name: `s${index + 1}`,
      targets: names.map((name) => drawTarget(draw, name, limits)),
      strategy: draw.chance(0.2) ? 'priority' : draw.pick(strategies),
    }
  })
}

function drawRoute(draw: Draw, stages: readonly StageConfig[]): RouteScenario {
  const deadlineMs = draw.chance(0.3) ? draw.integer(500, 4000) : draw.integer(10_000, 60_000)
  const share = (least: number, most: number): number =>
    Math.round(deadlineMs * (least + draw.random() * (most - least)))
  const attempts = draw.integer(0, 3)
  const hedge = draw.pick([
    { afterMs: draw.integer(50, 800), maxShare: draw.pick([0.02, 0.2, 1]) },
    {},
    { maxShare: 0.3 },
  ])
  return {
    stages,
    retry: { attempts, baseMs: draw.pick([50, 250, 1000]) },
    maxAttempts: attempts + draw.integer(1, 5),
    deadlineMs,
    ...(draw.chance(0.7) ? { attemptMs: share(0.3, 0.9) } : {}),
    firstContentMs: share(0.2, 0.6),
    idleMs: Math.min(share(0.1, 0.5), 5000),
    maxWaitMs: draw.chance(0.3) ? 0 : share(0.1, 0.4),
    warmingMs: draw.pick([0, 5000, 300_000]),
    afterCommit: draw.pick(['error', 'error', 'continue', 'continue', 'restart'] as const),
    parameters: draw.pick(['require', 'drop'] as const),
    foreignReasoning: draw.pick(['omit', 'refuse'] as const),
    vectorSpaces: draw.pick(['same', 'any'] as const),
    ...(draw.chance(0.4) ? { hedge } : {}),
    ...(draw.chance(0.2) ? { maxCostUsd: draw.pick([0.02, 0.05]) } : {}),
  }
}

/** Routes over these targets, some of them within others. */
export function drawConfiguration(draw: Draw, targets: readonly TargetModel[]): Configuration {
  const limits = new Map<string, Limits>()
  for (const { target } of targets) {
    const drawn = draw.chance(0.4) ? drawLimits(draw) : {}
    if (Object.keys(drawn).length > 0) limits.set(target, drawn)
  }
  const routes: Record<string, RouteScenario> = {}
  for (let route = 1; route <= draw.integer(4, 7); route++) {
    routes[`route-${route}`] = drawRoute(draw, drawStages(draw, targets, Object.keys(routes), limits))
  }
  return { routes, limits, pools: new Map() }
}

/** The limits that a configuration really sets: a target that is named without them everywhere has none. */
export function limitsSetIn({ routes }: Configuration): ReadonlyMap<string, Limits> {
  const set = new Map<string, Limits>()
  for (const { stages } of Object.values(routes)) {
    for (const target of stages.flatMap(({ targets }) => targets)) {
      if (typeof target === 'string') continue
      const { model, rpm, tpm, inputTpm, outputTpm, concurrency } = target
      if ((rpm ?? tpm ?? inputTpm ?? outputTpm ?? concurrency) === undefined) continue
      set.set(model, target)
    }
  }
  return set
}
