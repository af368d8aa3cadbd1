import { failureKinds } from '../errors/failure-kind.ts'
import type { ConfigIssue } from '../errors/invalid-config-error.ts'
import { InvalidConfigError } from '../errors/invalid-config-error.ts'
import { checkParameter, parameterNames } from './check-parameter.ts'
import { checkFields, describe, isFields, join } from './shape.ts'
import type { Fields, Report } from './shape.ts'

const routerFields: readonly string[] = [
  'providers',
  'routes',
  'id',
  'experimental',
  'strict',
  'env',
  'circuit',
  'retryBudget',
  'health',
  'onEvent',
  'logger',
  'clock',
  'random',
]

/** Lowest allowed value of each numeric setting; whole milliseconds are not asked for. */
const routeNumbers = { maxAttempts: 1, deadlineMs: 1, attemptMs: 1, firstContentMs: 1, idleMs: 1, maxWaitMs: 0 } as const

const circuitNumbers = {
  windowMs: 1,
  windowSlices: 1,
  consecutiveFailures: 1,
  failureRate: 0,
  minimumCalls: 1,
  openMs: 1,
  maxOpenMs: 1,
  halfOpenPermits: 1,
  permitLeaseMs: 1,
  recoveredAfterMs: 0,
} as const

const retryBudgetNumbers = { windowMs: 1, windowSlices: 1, ratio: 0, minimumPerSecond: 0 } as const

const healthNumbers = { degradedErrors: 0, unhealthyErrors: 0, averageWeight: 0 } as const

/**
 * Checks the form of a router's options.
 *
 * @throws InvalidConfigError with everything that is wrong, each with its path
 */
export function checkRouterOptions(options: unknown): void {
  const issues: ConfigIssue[] = []
  const report: Report = (path, problem) => issues.push({ path, problem })
  if (isFields(options)) checkOptions(options, report)
  else report('options', `must be an object, not ${describe(options)}`)
  if (issues.length > 0) throw new InvalidConfigError(issues)
}

function checkOptions(options: Fields, report: Report): void {
  checkFields(options, routerFields, 'options', report)
  const { providers, routes, id, experimental, strict, env } = options
  if (!Array.isArray(providers)) report('options.providers', `must be an array of providers, not ${describe(providers)}`)
  if (id !== undefined && (typeof id !== 'string' || !/^[a-z][a-z0-9-]*$/.test(id))) {
    report('options.id', 'must be lower case letters, digits and -, and start with a letter')
  }
  if (strict !== undefined && typeof strict !== 'boolean') report('options.strict', 'must be true or false')
  if (experimental !== undefined && !isTexts(experimental)) report('options.experimental', 'must be an array of provider ids')
  if (env !== undefined && !isFields(env)) report('options.env', 'must be an object of variables')
  if (options['onEvent'] !== undefined && typeof options['onEvent'] !== 'function') {
    report('options.onEvent', `must be a function, not ${describe(options['onEvent'])}`)
  }
  checkNumbers(options['circuit'], circuitNumbers, 'options.circuit', report)
  checkNumbers(options['retryBudget'], retryBudgetNumbers, 'options.retryBudget', report)
  checkNumbers(options['health'], healthNumbers, 'options.health', report)
  checkShares(options, report)
  if (!isFields(routes)) return report('options.routes', `must be an object of routes by name, not ${describe(routes)}`)
  if (Object.keys(routes).length === 0) report('options.routes', 'must hold at least one route')
  for (const [name, route] of Object.entries(routes)) {
    const path = join('routes', name)
    if (name === '' || name.includes('/')) report(path, "must have a name without '/', which marks a target")
    checkRoute(route, path, report)
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

/** Rates are shares, and limits must not contradict each other. */
function checkShares({ circuit, retryBudget, health }: Fields, report: Report): void {
  const shares: [unknown, string, string][] = [
    [circuit, 'options.circuit', 'failureRate'],
    [retryBudget, 'options.retryBudget', 'ratio'],
    [health, 'options.health', 'averageWeight'],
  ]
  for (const [value, path, field] of shares) {
    if (isFields(value) && typeof value[field] === 'number' && value[field] > 1) report(join(path, field), 'must be 0 to 1')
  }
  if (!isFields(circuit)) return
  const { openMs, maxOpenMs } = circuit
  if (typeof openMs === 'number' && typeof maxOpenMs === 'number' && maxOpenMs < openMs) {
    report('options.circuit.maxOpenMs', 'must not be less than openMs')
  }
}

function checkNumbers(value: unknown, lowest: Readonly<Record<string, number>>, path: string, report: Report): void {
  if (value === undefined) return
  if (!isFields(value)) return report(path, `must be an object, not ${describe(value)}`)
  checkFields(value, Object.keys(lowest), path, report)
  for (const [field, least] of Object.entries(lowest)) checkNumber(value[field], least, join(path, field), report)
}

function checkNumber(value: unknown, least: number, path: string, report: Report): void {
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= least)) return
  report(path, `must be a number of at least ${least}, not ${typeof value === 'number' ? value : describe(value)}`)
}

function checkRoute(route: unknown, path: string, report: Report): void {
  if (Array.isArray(route)) return checkTargets(route, path, report)
  if (!isFields(route)) return report(path, `must be an array of targets or a route, not ${describe(route)}`)
  const known = ['stages', 'retry', 'afterCommit', 'parameters', 'failures', ...Object.keys(routeNumbers)]
  checkFields(route, known, path, report)
  for (const [field, least] of Object.entries(routeNumbers)) checkNumber(route[field], least, join(path, field), report)
  if (route['afterCommit'] !== undefined && route['afterCommit'] !== 'error') report(`${path}.afterCommit`, "must be 'error'")
  if (route['parameters'] !== undefined && route['parameters'] !== 'require' && route['parameters'] !== 'drop') {
    report(`${path}.parameters`, "must be 'require' or 'drop'")
  }
  checkRetry(route, path, report)
  checkClocks(route, path, report)
  checkFailures(route['failures'], `${path}.failures`, report)
  checkStages(route['stages'], `${path}.stages`, report)
}

function checkRetry({ retry, maxAttempts }: Fields, path: string, report: Report): void {
  checkNumbers(retry, { attempts: 0, baseMs: 0, capMs: 0 }, `${path}.retry`, report)
  if (!isFields(retry)) return
  const { attempts, baseMs, capMs } = retry
  if (typeof attempts === 'number' && !Number.isInteger(attempts)) report(`${path}.retry.attempts`, 'must be a whole number')
  if (typeof attempts === 'number' && typeof maxAttempts === 'number' && attempts >= maxAttempts) {
    report(`${path}.retry.attempts`, `of ${attempts} can never be made with maxAttempts ${maxAttempts}`)
  }
  if (typeof baseMs === 'number' && typeof capMs === 'number' && capMs < baseMs) {
    report(`${path}.retry.capMs`, 'must not be less than baseMs')
  }
}

/** A clock that can never run out before the deadline would be a setting without effect. */
function checkClocks(route: Fields, path: string, report: Report): void {
  const { deadlineMs } = route
  if (typeof deadlineMs !== 'number') return
  for (const field of ['attemptMs', 'firstContentMs', 'idleMs', 'maxWaitMs'] as const) {
    const clock = route[field]
    if (typeof clock === 'number' && clock > deadlineMs) {
      report(join(path, field), `of ${clock} has no effect with a deadlineMs of ${deadlineMs}`)
    }
  }
}

const dispositionValues: Readonly<Record<string, readonly unknown[]>> = {
  retryHere: ['no', 'once', 'yes'],
  nextTarget: ['no', 'yes', 'larger-window'],
  pause: ['none', 'target-retry-after', 'target-escalating', 'account-escalating', 'warming'],
}

function checkFailures(failures: unknown, path: string, report: Report): void {
  if (failures === undefined) return
  if (!isFields(failures)) return report(path, `must be an object by kind of failure, not ${describe(failures)}`)
  checkFields(failures, failureKinds, path, report)
  for (const [kind, row] of Object.entries(failures)) {
    const at = join(path, kind)
    if (!isFields(row)) {
      report(at, `must be an object, not ${describe(row)}`)
      continue
    }
    checkFields(row, [...Object.keys(dispositionValues), 'healthWeight'], at, report)
    for (const [field, values] of Object.entries(dispositionValues)) {
      const value = row[field]
      if (value !== undefined && !values.includes(value)) report(join(at, field), `must be one of ${values.join(', ')}`)
    }
    const weight = row['healthWeight']
    if (weight !== undefined && !(typeof weight === 'number' && weight >= 0 && weight <= 1)) {
      report(`${at}.healthWeight`, 'must be 0 to 1')
    }
  }
}

function checkStages(stages: unknown, path: string, report: Report): void {
  if (!Array.isArray(stages) || stages.length === 0) return report(path, 'must be an array of at least one stage')
  const names = new Set<unknown>()
  stages.forEach((stage: unknown, index) => {
    const at = `${path}[${index}]`
    if (!isFields(stage)) return report(at, `must be a stage, not ${describe(stage)}`)
    checkFields(stage, ['name', 'strategy', 'targets'], at, report)
    const { name, strategy, targets } = stage
    if (name !== undefined && (typeof name !== 'string' || name === '')) report(`${at}.name`, 'must be a name')
    if (name !== undefined && names.has(name)) report(`${at}.name`, 'is the name of another stage of this route')
    names.add(name)
    const own = isFields(strategy) && typeof strategy['order'] === 'function' && typeof strategy['name'] === 'string'
    if (strategy !== undefined && strategy !== 'priority' && !own) {
      report(`${at}.strategy`, "must be 'priority' or a Strategy { name, order }")
    }
    checkTargets(targets, `${at}.targets`, report)
  })
}

function checkTargets(targets: unknown, path: string, report: Report): void {
  if (!Array.isArray(targets) || targets.length === 0) return report(path, 'must be an array of at least one target')
  targets.forEach((target: unknown, index) => {
    const at = `${path}[${index}]`
    if (typeof target === 'string') {
      if (target === '') report(at, "must be 'provider/model' or the name of a route")
      return
    }
    if (!isFields(target)) return report(at, `must be 'provider/model' or { model }, not ${describe(target)}`)
    checkFields(target, ['model', 'parameters'], at, report)
    if (typeof target['model'] !== 'string' || target['model'] === '') report(`${at}.model`, "must be 'provider/model'")
    checkOverrides(target['parameters'], `${at}.parameters`, report)
  })
}

function checkOverrides(overrides: unknown, path: string, report: Report): void {
  if (overrides === undefined) return
  if (!isFields(overrides)) return report(path, `must be an object of parameters, not ${describe(overrides)}`)
  checkFields(overrides, parameterNames, path, report)
  for (const [name, value] of Object.entries(overrides)) {
    if (value !== null) checkParameter(name, value, join(path, name), report)
  }
}
