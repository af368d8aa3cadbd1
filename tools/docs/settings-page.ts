import type { CircuitOptions } from '../../packages/core/src/breaker/circuit.ts'
import type { HealthOptions } from '../../packages/core/src/health/target-health.ts'
import type { RetryBudgetOptions } from '../../packages/core/src/retry/retry-budget.ts'
import {
  defaultCircuit,
  defaultHealth,
  defaultPolicy,
  defaultRetryBudget,
} from '../../packages/core/src/router/defaults.ts'
import type { RouteOptions } from '../../packages/core/src/router/options.ts'
import { generated, table } from './table.ts'

/** As code. */
const code = (value: unknown): string => `\`${JSON.stringify(value)}\``

type Meanings<Settings> = { readonly [Name in keyof Required<Settings>]: string }

const route: Meanings<Omit<RouteOptions, 'stages'>> = {
  retry: 'further calls on the same target, and the waits before them',
  maxAttempts: 'most calls of one request, over all targets',
  deadlineMs: 'longest time for a request, to the last byte of its answer',
  attemptMs: 'longest time for one call that is not streamed',
  firstContentMs: 'longest time to the first content of a stream',
  idleMs: "longest silence between two pieces of a stream's content",
  maxWaitMs: 'longest wait for a target that is left alone or full, when no other is left',
  afterCommit: "what happens to a stream that breaks after its first content: `'error'`, `'continue'`, `'restart'`",
  hedge: 'a second call when the first is slow: `{ afterMs, maxShare }`',
  foreignReasoning: "reasoning in the history that another provider issued: `'omit'`, or `'refuse'` the target",
  maxCostUsd: 'most that a request may cost, as far as prices are known',
  warmingMs: 'longest time that a model may take to load',
  vectorSpaces: "embeddings from models that can be compared (`'same'`), or from `'any'`",
  parameters: "a target that does not honour a parameter is ruled out (`'require'`), or served without it (`'drop'`)",
  failures: 'changes to rows of the [failure table](errors.md)',
}

/** What stands in no default of the policy, or not by the same name. */
const said: Readonly<Partial<Record<keyof RouteOptions, string>>> = {
  retry: code({ attempts: defaultPolicy.retries, ...defaultPolicy.backoff }),
  attemptMs: 'half of the time that is left while somebody else could be called, all of it for the last',
  hedge: 'never',
  maxCostUsd: 'unlimited',
  failures: 'none',
}

const circuit: Meanings<CircuitOptions> = {
  windowMs: 'span over which calls are counted',
  windowSlices: 'in so many slices',
  consecutiveFailures: 'opens after this many failures in a row',
  failureRate: 'opens when this share of the calls in the window failed',
  minimumCalls: 'a share is a share of at least so many calls',
  slowCallRate: 'opens when this share of the measured successes was slow; 0 for never',
  slowFirstContentMs: 'a stream whose first content takes longer is slow',
  openMs: 'how long it stays open the first time; doubles with each opening',
  maxOpenMs: 'and at most',
  rampUpMs: 'after it closed, a tenth of the calls is let through, then more, for so long; 0 for all at once',
  halfOpenPermits: 'calls at the same time that test it',
  permitLeaseMs: 'such a call gives its permit back after this at the latest',
  recoveredAfterMs: 'closed for so long, its next opening is a first one again',
}

const retryBudget: Meanings<RetryBudgetOptions> = {
  windowMs: 'span over which requests and retries are counted',
  windowSlices: 'in so many slices',
  ratio: "share of a target's requests that may be retries or hedges",
  minimumPerSecond: 'and so many a second, whatever the traffic',
}

const health: Meanings<HealthOptions> = {
  degradedErrors: 'recent errors that make a target `degraded`; each success takes one back',
  unhealthyErrors: 'and `unhealthy`',
  averageWeight: 'weight of the newest sample in a moving average',
}

function rows<Settings extends object>(meanings: Meanings<Settings>, defaults: Settings): string[][] {
  return (Object.keys(meanings) as (keyof Settings & string)[]).map((name) => [
    `\`${name}\``,
    meanings[name],
    code(defaults[name]),
  ])
}

function routeRows(): string[][] {
  const defaults: Readonly<Record<string, unknown>> = { ...defaultPolicy }
  return (Object.keys(route) as (keyof typeof route)[]).map((name) => [
    `\`${name}\``,
    route[name],
    said[name] ?? code(defaults[name]),
  ])
}

/** Every setting with its default. */
export function settingsPage(): string {
  const head = ['setting', 'meaning', 'default']
  return [
    '# Settings\n',
    generated,
    'Times are in milliseconds. Wrong settings, unknown names among them, are an `InvalidConfigError` with all their paths.\n',
    '## Of a route\n',
    table(head, routeRows()),
    '## `circuit`\n',
    "Of the router: for each target, and for each provider's endpoint.\n",
    table(head, rows(circuit, defaultCircuit)),
    '## `retryBudget`\n',
    'Of the router: for each target.\n',
    table(head, rows(retryBudget, defaultRetryBudget)),
    '## `health`\n',
    'Of the router: for each target.\n',
    table(head, rows(health, defaultHealth)),
  ].join('\n')
}
