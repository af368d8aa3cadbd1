import { failureKinds } from '../errors/failure-kind.ts'
import type { ConfigIssue } from '../errors/invalid-config-error.ts'
import { InvalidConfigError } from '../errors/invalid-config-error.ts'
import { checkParameter, parameterNames } from './check-parameter.ts'
import type { Check } from './shape.ts'
import {
  callable,
  describe,
  fields,
  flag,
  having,
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
} from './shape.ts'

const positive = number(1)
const share = number(0, 1)

/** Both checks, one after the other. */
function both(first: Check, second: Check): Check {
  return (value, path, report) => {
    first(value, path, report)
    second(value, path, report)
  }
}

/** Reports `field` when it is below `least`, both being numbers. */
function notBelow(field: string, least: string): Check {
  return (value, path, report) => {
    const { [field]: high, [least]: low } = isFields(value) ? value : {}
    if (typeof high === 'number' && typeof low === 'number' && high < low) {
      report(join(path, field), `must not be less than ${least}`)
    }
  }
}

function eachOf(names: readonly string[], check: (name: string) => Check): Check {
  return fields(Object.fromEntries(names.map((name) => [name, check(name)])))
}

const override =
  (name: string): Check =>
  (value, path, report) => {
    if (value !== null) checkParameter(name, value, path, report)
  }

const inFull = fields({ model: text, parameters: eachOf(parameterNames, override) }, ['model'])

const target: Check = (value, path, report) => {
  if (isFields(value)) inFull(value, path, report)
  else must(isText, "'provider/model' or { model }")(value, path, report)
}

const targets = listOf(target, 'target')

const strategy = must(
  (value) => value === 'priority' || (isFields(value) && typeof value['order'] === 'function' && isText(value['name'])),
  "'priority' or a Strategy { name, order }",
)

const stage = fields({ name: text, strategy, targets }, ['targets'])

/** Stages, whose names differ. */
const stages: Check = (value, path, report) => {
  listOf(stage, 'stage')(value, path, report)
  if (!Array.isArray(value)) return
  const names = value.map((entry: unknown) => (isFields(entry) ? entry['name'] : undefined))
  names.forEach((name, index) => {
    if (name === undefined || names.indexOf(name) === index) return
    report(`${path}[${index}].name`, 'is the name of another stage of this route')
  })
}

const disposition = fields({
  retryHere: oneOf('no', 'once', 'yes'),
  nextTarget: oneOf('no', 'yes', 'larger-window'),
  pause: oneOf('none', 'target-retry-after', 'target-escalating', 'account-escalating', 'warming'),
  healthWeight: share,
})

const routeInFull = fields(
  {
    stages,
    retry: both(fields({ attempts: wholeNumber(0), baseMs: number(0), capMs: number(0) }), notBelow('capMs', 'baseMs')),
    maxAttempts: wholeNumber(1),
    deadlineMs: positive,
    attemptMs: positive,
    firstContentMs: positive,
    idleMs: positive,
    maxWaitMs: number(0),
    afterCommit: oneOf('error'),
    parameters: oneOf('require', 'drop'),
    failures: eachOf(failureKinds, () => disposition),
  },
  ['stages'],
)

/** Settings that could never have an effect are mistakes. */
const effective: Check = (route, path, report) => {
  if (!isFields(route)) return
  const { deadlineMs, maxAttempts, retry } = route
  for (const field of ['attemptMs', 'firstContentMs', 'idleMs', 'maxWaitMs']) {
    const clock = route[field]
    if (typeof clock === 'number' && typeof deadlineMs === 'number' && clock > deadlineMs) {
      report(join(path, field), `of ${clock} has no effect with a deadlineMs of ${deadlineMs}`)
    }
  }
  const attempts = isFields(retry) ? retry['attempts'] : undefined
  if (typeof attempts === 'number' && typeof maxAttempts === 'number' && attempts >= maxAttempts) {
    report(`${path}.retry.attempts`, `of ${attempts} can never be made with maxAttempts ${maxAttempts}`)
  }
}

const route: Check = (value, path, report) => {
  if (Array.isArray(value)) targets(value, path, report)
  else both(routeInFull, effective)(value, path, report)
}

const routes: Check = (value, _, report) => {
  if (!isFields(value) || Object.keys(value).length === 0) {
    return report('options.routes', `must be an object of at least one route by name, not ${describe(value)}`)
  }
  for (const [name, entry] of Object.entries(value)) {
    const path = join('routes', name)
    if (name === '' || name.includes('/')) report(path, "must have a name without '/', which marks a target")
    route(entry, path, report)
  }
}

const slices = { windowMs: positive, windowSlices: wholeNumber(1) }

const routerOptions = fields(
  {
    providers: must(Array.isArray, 'an array of providers'),
    routes,
    id: must((id) => typeof id === 'string' && /^[a-z][a-z0-9-]*$/.test(id), 'lower case letters, digits and -'),
    experimental: must((ids) => Array.isArray(ids) && ids.every(isText), 'an array of provider ids'),
    strict: flag,
    env: object,
    circuit: both(
      fields({
        ...slices,
        consecutiveFailures: positive,
        failureRate: share,
        minimumCalls: positive,
        openMs: positive,
        maxOpenMs: positive,
        halfOpenPermits: wholeNumber(1),
        permitLeaseMs: positive,
        recoveredAfterMs: number(0),
      }),
      notBelow('maxOpenMs', 'openMs'),
    ),
    retryBudget: fields({ ...slices, ratio: share, minimumPerSecond: number(0) }),
    health: fields({ degradedErrors: number(0), unhealthyErrors: number(0), averageWeight: share }),
    onEvent: callable,
    logger: having('Logger', 'debug', 'info', 'warn', 'error'),
    clock: having('Clock', 'now', 'wallTime', 'schedule'),
    random: callable,
  },
  ['providers', 'routes'],
)

/**
 * Checks the form of a router's options.
 *
 * @throws InvalidConfigError with everything that is wrong, each with its path
 */
export function checkRouterOptions(options: unknown): void {
  const issues: ConfigIssue[] = []
  routerOptions(options, 'options', (path, problem) => issues.push({ path, problem }))
  if (issues.length > 0) throw new InvalidConfigError(issues)
}
