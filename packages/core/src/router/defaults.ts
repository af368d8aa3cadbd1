import type { CircuitOptions } from '../breaker/circuit.ts'
import type { RoutePolicy } from '../engine/route.ts'
import { defaultDispositions } from '../failure/disposition.ts'
import type { HealthOptions } from '../health/target-health.ts'
import type { Logger } from '../provider/call-options.ts'
import type { RetryBudgetOptions } from '../retry/retry-budget.ts'

/** Every default of the engine, in one place. Times in milliseconds. */
export const defaultPolicy: RoutePolicy = {
  retries: 2,
  backoff: { baseMs: 250, capMs: 20_000 },
  throttledBackoff: { baseMs: 1000, capMs: 20_000 },
  maxAttempts: 6,
  deadlineMs: 60_000,
  attemptMs: undefined,
  firstContentMs: 15_000,
  idleMs: 20_000,
  maxWaitMs: 20_000,
  parameters: 'require',
  afterCommit: 'error',
  foreignReasoning: 'omit',
  vectorSpaces: 'same',
  maxCostUsd: undefined,
  warmingMs: 300_000,
  dispositions: defaultDispositions,
  pauses: {
    rateLimit: { firstMs: 1000, maxMs: 60_000 },
    quota: { firstMs: 60_000, maxMs: 3_600_000 },
    credential: { firstMs: 300_000, maxMs: 3_600_000 },
    model: { firstMs: 300_000, maxMs: 3_600_000 },
    warmingMs: 1000,
  },
}

export const defaultCircuit: CircuitOptions = {
  windowMs: 60_000,
  windowSlices: 10,
  consecutiveFailures: 5,
  failureRate: 0.5,
  minimumCalls: 10,
  slowCallRate: 0.8,
  slowFirstContentMs: 10_000,
  openMs: 5000,
  maxOpenMs: 300_000,
  rampUpMs: 10_000,
  halfOpenPermits: 3,
  permitLeaseMs: 60_000,
  recoveredAfterMs: 60_000,
}

export const defaultRetryBudget: RetryBudgetOptions = {
  windowMs: 60_000,
  windowSlices: 10,
  ratio: 0.2,
  minimumPerSecond: 3,
}

export const defaultHealth: HealthOptions = { degradedErrors: 2, unhealthyErrors: 5, averageWeight: 0.2 }

/** Most targets that callers may name beside those in routes before the least recently used is forgotten. */
export const maxAdHocTargets = 1000

/** More calls than this for one request, over all layers of routes, are worth a warning. */
export const manyAttempts = 12

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** The settings that are given, and the defaults of the others. */
export function withDefaults<Settings extends object>(defaults: Settings, given?: Partial<Settings>): Settings {
  const all = { ...defaults }
  for (const name of Object.keys(defaults) as (keyof Settings)[]) all[name] = given?.[name] ?? defaults[name]
  return all
}
