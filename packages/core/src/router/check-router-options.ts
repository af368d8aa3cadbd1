import { failureKinds } from '../errors/failure-kind.ts'
import type { ConfigIssue } from '../errors/invalid-config-error.ts'
import { InvalidConfigError } from '../errors/invalid-config-error.ts'
import type { ParameterName } from '../provider/capabilities.ts'
import { middlewareList } from '../middleware/middleware-list.ts'
import { strategyFields, strategyNames } from '../strategy/strategy-options.ts'
import { parameterChecks, parameterNames } from '../validation/check-parameter.ts'
import type { Check, Fields } from '../validation/shape.ts'
import {
  all,
  anything,
  arrayOf,
  callable,
  describe,
  distinctNames,
  fields,
  flag,
  having,
  idText,
  isFields,
  isText,
  join,
  listOf,
  must,
  number,
  object,
  oneOf,
  text,
  wholeNumber,
} from '../validation/shape.ts'
import { nearest } from '../validation/nearest.ts'
import { defaultCircuit, defaultHealth, defaultPolicy } from './defaults.ts'

const positive = number(1)
const share = number(0, 1)
// No more errors than these are counted.
const errors = number(0, 10)

/** Reports `low` above `high`, or the default of the other where only one is given; a mere `limit` may be below. */
function ordered(low: string, high: string, defaults: object, limit = false): Check {
  return (value, path, report) => {
    if (!isFields(value) || (limit && value[low] === undefined)) return
    const of = (name: string): unknown => value[name] ?? (defaults as Fields)[name]
    if (!(Number(of(low)) > Number(of(high)))) return
    const [wrong, than, other] = value[low] === undefined ? [high, 'less', low] : [low, 'more', high]
    const source = value[other] === undefined ? ' by default' : ''
    report(
      join(path, wrong),
      `of ${String(of(wrong))} is ${than} than ${other}, which is ${String(of(other))}${source}`,
    )
  }
}

function eachOf<Name extends string>(names: readonly Name[], check: (name: Name) => Check): Check {
  return fields(Object.fromEntries(names.map((name) => [name, check(name)])))
}

const override =
  (name: ParameterName): Check =>
  (value, path, report) => {
    if (value !== null) parameterChecks[name](value, path, report)
  }

const perMinute = wholeNumber(1)

const inFull = fields(
  {
    model: text,
    weight: number(Number.MIN_VALUE),
    rpm: perMinute,
    tpm: perMinute,
    inputTpm: perMinute,
    outputTpm: perMinute,
    concurrency: perMinute,
    parameters: eachOf(parameterNames, override),
    vectorSpace: text,
  },
  ['model'],
)

const target: Check = (value, path, report) => {
  if (isFields(value)) inFull(value, path, report)
  else must(isText, "'provider/model' or { model }")(value, path, report)
}

const targets = listOf(target, 'target')

const kinds = { share, amount: number(0), positive: wholeNumber(1), text }

const strategyOptions = Object.fromEntries(
  Object.entries(strategyFields).map(([name, options]) => [
    name,
    fields({
      name: anything,
      ...Object.fromEntries(
        Object.entries(options).map(([field, kind]) => [
          field,
          typeof kind === 'string' ? kinds[kind] : oneOf(...kind),
        ]),
      ),
    }),
  ]),
)

const strategy: Check = (value, path, report) => {
  if (typeof value === 'function') return
  const isData = isFields(value) && typeof value['order'] !== 'function'
  const name = isData ? value['name'] : value
  if (!isData && isFields(value) && isText(value['name'])) return
  const check = typeof name === 'string' && Object.hasOwn(strategyOptions, name) ? strategyOptions[name] : undefined
  if (check === undefined) {
    const [near] = typeof name === 'string' ? nearest(name, strategyNames, 1) : []
    const hint = near === undefined ? `known are ${strategyNames.join(', ')}` : `did you mean '${near}'?`
    const given = typeof name === 'string' ? `'${name}' is not one` : `not ${describe(value)}`
    report(path, `must be a strategy's name, or a Strategy { name, order } or its order function; ${given}; ${hint}`)
  } else if (isData) check(value, path, report)
}

const stage = fields({ name: text, strategy, targets }, ['targets'])

const stages = all(listOf(stage, 'stage'), distinctNames)

const disposition = fields({
  retryHere: oneOf('no', 'once', 'yes'),
  nextTarget: oneOf('no', 'yes', 'larger-window'),
  pause: oneOf('none', 'target-retry-after', 'target-escalating', 'account-escalating', 'warming'),
  healthWeight: share,
})

const routeFields = fields(
  {
    stages,
    retry: all(
      fields({ attempts: wholeNumber(0), baseMs: number(0), capMs: number(0) }),
      ordered('baseMs', 'capMs', defaultPolicy.backoff),
    ),
    maxAttempts: wholeNumber(1),
    deadlineMs: positive,
    attemptMs: positive,
    firstContentMs: positive,
    idleMs: positive,
    maxWaitMs: number(0),
    afterCommit: oneOf('error', 'continue', 'restart'),
    hedge: fields({ afterMs: number(0), maxShare: share }),
    foreignReasoning: oneOf('omit', 'refuse'),
    maxCostUsd: number(0),
    warmingMs: number(0),
    vectorSpaces: oneOf('same', 'any'),
    parameters: oneOf('require', 'drop'),
    failures: eachOf(failureKinds, () => disposition),
  },
  ['stages'],
)

/** Retries that no request could ever make are a mistake. */
const retries: Check = (route, path, report) => {
  if (!isFields(route) || !isFields(route['retry'])) return
  const { attempts } = route['retry']
  const { maxAttempts = `${defaultPolicy.maxAttempts}, the default` } = route
  if (Number(attempts) >= Number.parseInt(String(maxAttempts))) {
    report(`${path}.retry.attempts`, `of ${String(attempts)} can never be made with maxAttempts ${String(maxAttempts)}`)
  }
}

const clocks = ['attemptMs', 'firstContentMs', 'idleMs', 'maxWaitMs']

const routeInFull = all(
  routeFields,
  retries,
  ...clocks.map((clock) => ordered(clock, 'deadlineMs', defaultPolicy, true)),
)

const route: Check = (value, path, report) => {
  if (Array.isArray(value)) targets(value, path, report)
  else routeInFull(value, path, report)
}

const routes: Check = (value, path, report) => {
  if (!isFields(value) || Object.keys(value).length === 0) {
    return report(path, `must be an object of at least one route by name, not ${describe(value)}`)
  }
  for (const [name, entry] of Object.entries(value)) {
    const at = join(path, name)
    if (name === '' || name.includes('/')) report(at, "must have a name without '/', which marks a target")
    route(entry, at, report)
  }
}

const slices = { windowMs: positive, windowSlices: wholeNumber(1) }

const reloadable = {
  providers: must(Array.isArray, 'an array of providers'),
  routes,
  experimental: arrayOf(text, 'provider ids'),
  strict: flag,
  env: object,
  circuit: all(
    fields({
      ...slices,
      consecutiveFailures: positive,
      failureRate: share,
      minimumCalls: positive,
      slowCallRate: share,
      slowFirstContentMs: positive,
      openMs: positive,
      maxOpenMs: positive,
      rampUpMs: number(0),
      halfOpenPermits: wholeNumber(1),
      permitLeaseMs: positive,
      recoveredAfterMs: number(0),
    }),
    ordered('openMs', 'maxOpenMs', defaultCircuit),
  ),
  retryBudget: fields({ ...slices, ratio: share, minimumPerSecond: number(0) }),
  health: all(
    fields({ degradedErrors: errors, unhealthyErrors: errors, averageWeight: share }),
    ordered('degradedErrors', 'unhealthyErrors', defaultHealth),
  ),
  middleware: middlewareList,
  prices: having('PriceSource', 'priceOf'),
}

const fixed = {
  id: idText,
  store: having('Store', 'get', 'set', 'add', 'watch'),
  onEvent: callable,
  logger: having('Logger', 'debug', 'info', 'warn', 'error'),
  clock: having('Clock', 'now', 'wallTime', 'schedule'),
  random: callable,
}

const required = ['providers', 'routes']
const routerOptions = fields({ ...reloadable, ...fixed }, required)

const cannotChange: Check = (_, path, report) => report(path, 'cannot change while the router runs')
const reloadOptions = fields(
  { ...reloadable, ...Object.fromEntries(Object.keys(fixed).map((name) => [name, cannotChange])) },
  required,
)

/**
 * Checks the form of a router's options.
 *
 * @param isReload whether they are for a router that runs
 * @throws InvalidConfigError with everything that is wrong, each with its path
 */
export function checkRouterOptions(options: unknown, isReload: boolean = false): void {
  const issues: ConfigIssue[] = []
  const check = isReload ? reloadOptions : routerOptions
  check(options, 'options', (path, problem) => issues.push({ path, problem }))
  if (issues.length > 0) throw new InvalidConfigError(issues)
}
