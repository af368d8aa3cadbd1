import type { Route, RoutePolicy, Stage, UnusableTarget } from '../engine/route.ts'
import type { OptionalParts } from '../engine/loaded-parts.ts'
import type { ProviderSource, TargetState } from '../engine/target.ts'
import { spaceOf, Target } from '../engine/target.ts'
import type { FailureKind } from '../errors/failure-kind.ts'
import type { ConfigIssue } from '../errors/invalid-config-error.ts'
import { InvalidConfigError } from '../errors/invalid-config-error.ts'
import type { UnavailableTarget } from '../errors/no-usable-target-error.ts'
import { NoUsableTargetError } from '../errors/no-usable-target-error.ts'
import { defaultDispositions } from '../failure/disposition.ts'
import type { Disposition } from '../failure/disposition.ts'
import { whyUnusable } from '../registry/plugin-status.ts'
import type { Registry } from '../registry/registry.ts'
import type { Limits } from '../limit/limits.ts'
import { priority } from '../strategy/priority.ts'
import type { StrategyConfig } from '../strategy/strategy-options.ts'
import { nearest } from '../validation/nearest.ts'
import { join } from '../validation/shape.ts'
import { defaultPolicy, withDefaults } from './defaults.ts'
import type { ReloadOptions, RouteConfig, RouteOptions, StageConfig, TargetConfig } from './options.ts'
import type { TargetStates } from './target-states.ts'

/** What routes are built from. */
export interface RouteParts {
  readonly registry: Registry
  readonly states: TargetStates
  /** The router as a provider, for targets that are routes. */
  readonly self: ProviderSource
}

/** What is put into routes once the parts are there that are loaded on demand. */
export type Equip = (parts: OptionalParts) => void

/** While routes are built. */
interface Building extends RouteParts {
  readonly options: ReloadOptions
  readonly issues: ConfigIssue[]
  readonly equips: Equip[]
  /** Limits that were set so far, by target. */
  readonly limits: Map<string, string>
}

/** The routes of a configuration, and the targets in them that cannot be used. */
export interface BuiltRoutes {
  readonly routes: ReadonlyMap<string, Route>
  readonly unavailable: readonly UnavailableTarget[]
  readonly equips: readonly Equip[]
  /** Targets that have limits, whichever route sets them. */
  readonly limited: ReadonlyMap<string, unknown>
}

/**
 * @throws InvalidConfigError for names that are not known and routes that lead back to themselves
 * @throws NoUsableTargetError for a route none of whose targets can be used; with `strict`, if any target cannot
 */
export function buildRoutes(options: ReloadOptions, parts: RouteParts): BuiltRoutes {
  const issues: ConfigIssue[] = [...findProviderIssues(options, parts.registry), ...findLoops(options.routes)]
  const limits = new Map<string, string>()
  // Of a reload: those that are not set any more.
  const lift = (): void => {
    for (const [target, state] of parts.states.entries()) {
      if (!limits.has(target)) for (const { limiter } of withKeyed(state)) limiter?.reconfigure()
    }
  }
  const equips: Equip[] = [lift]
  const building: Building = { ...parts, options, issues, equips, limits }
  const routes = new Map<string, Route>()
  const unavailable: UnavailableTarget[] = []
  for (const [name, config] of Object.entries(options.routes)) {
    const route = buildRoute(name, config, building)
    routes.set(name, route)
    for (const stage of route.stages) {
      for (const { target, reason } of stage.unusable) unavailable.push({ target, route: name, reason })
    }
  }
  if (issues.length > 0) throw new InvalidConfigError(issues)
  for (const route of routes.values()) {
    const own = unavailable.filter((target) => target.route === route.name)
    if (route.stages.every((stage) => stage.targets.length === 0)) throw new NoUsableTargetError(route.name, own)
    if (options.strict === true && own.length > 0) throw new NoUsableTargetError(route.name, own, true)
    const needsParts = ({ target, source }: Target): boolean => limits.has(target) || source.keys !== undefined
    if (route.stages.some(({ targets }) => targets.some(needsParts))) route.needsOptional = true
    route.vectorSpace = findSpace(route.name, options.routes)
  }
  return { routes, unavailable, equips, limited: limits }
}

function toOptions(config: RouteConfig): RouteOptions {
  return 'stages' in config ? config : { stages: [{ targets: config }] }
}

/** The vector space of a route's first target, routes within included; there must be no loops. */
function findSpace(route: string, routes: ReloadOptions['routes']): string {
  const [first = ''] = toOptions(routes[route] as RouteConfig).stages[0]?.targets ?? []
  const model = modelOf(first)
  const space = typeof first === 'string' ? undefined : first.vectorSpace
  return space ?? (Object.hasOwn(routes, model) ? findSpace(model, routes) : spaceOf(model))
}

function modelOf(target: TargetConfig): string {
  return typeof target === 'string' ? target : target.model
}

function buildRoute(name: string, config: RouteConfig, building: Building): Route {
  const route = toOptions(config)
  const path = join('options.routes', name)
  const { options, issues } = building
  const needsPrices = (setting: string): unknown =>
    options.prices ?? issues.push({ path: `${path}.${setting}`, problem: 'needs options.prices' })
  if (route.maxCostUsd !== undefined) needsPrices('maxCostUsd')
  const stages = route.stages.map((stage, index) => {
    if (isByPrice(stage.strategy)) needsPrices(`stages[${index}].strategy`)
    const at = Array.isArray(config) ? path : `${path}.stages[${index}].targets`
    return buildStage(stage, index, at, building)
  })
  const policy = toPolicy(route)
  const targets = route.stages.flatMap((stage) => stage.targets)
  const { hedge } = route
  const built: Route = {
    name,
    stages,
    policy,
    vectorSpace: '',
    needsOptional:
      hedge !== undefined ||
      policy.afterCommit !== 'error' ||
      policy.maxCostUsd !== undefined ||
      targets.some((target) => typeof target !== 'string') ||
      route.stages.some(({ strategy = 'priority' }) => strategy !== 'priority'),
    changesRequests:
      policy.afterCommit !== 'error' ||
      targets.some((target) => typeof target !== 'string' && target.parameters !== undefined),
  }
  if (hedge !== undefined) building.equips.push(({ Hedging }) => (built.hedging = new Hedging(hedge)))
  return built
}

function buildStage(stage: StageConfig, index: number, path: string, building: Building): Stage {
  const targets: Target[] = []
  const unusable: UnusableTarget[] = []
  const name = stage.name ?? `stage-${index + 1}`
  stage.targets.forEach((config, position) => {
    const built = buildTarget(name, config, `${path}[${position}]`, building)
    if (built instanceof Target) targets.push(built)
    else if (built !== undefined) unusable.push(built)
  })
  const built: Stage = { name, strategy: priority, targets, unusable }
  const { strategy } = stage
  if (strategy) building.equips.push(({ createStrategy }) => (built.strategy = createStrategy(strategy)))
  return built
}

/** Whether it goes by nothing but prices. */
function isByPrice(strategy: StrategyConfig | undefined): boolean {
  return strategy === 'cost' || (typeof strategy === 'object' && strategy.name === 'cost' && !('order' in strategy))
}

function buildTarget(
  stage: string,
  config: TargetConfig,
  path: string,
  building: Building,
): Target | UnusableTarget | undefined {
  const { options, issues, registry, states, self } = building
  const name = modelOf(config)
  const isRoute = Object.hasOwn(options.routes, name)
  // A route's name says nothing of its vectors.
  const settings = { ...(isRoute && { vectorSpace: '' }), ...(typeof config === 'string' ? {} : config) }
  const create = (source: ProviderSource, model: string): Target => {
    const state = states.of(source.id, model)
    setLimits(`${source.id}/${model}`, state, settings, path, building)
    return new Target(stage, source, model, state, settings, options.prices)
  }
  if (isRoute) return create(self, name)
  const slash = name.indexOf('/')
  const providerId = slash < 0 ? name : name.slice(0, slash)
  const model = slash < 0 ? '' : name.slice(slash + 1)
  if (model === '') {
    const near = hint(nearest(name, [...Object.keys(options.routes), ...registry.ids().map((id) => `${id}/…`)]))
    issues.push({ path, problem: `'${name}' is neither 'provider/model' nor the name of a route.${near}` })
    return undefined
  }
  const provider = registry.get(providerId)
  if (provider) return create(provider, model)
  const status = registry.status(providerId)
  if (status) return { target: name, reason: whyUnusable(status) ?? 'it is not usable' }
  issues.push({ path, problem: describeUnregistered(name, providerId, registry) })
  return undefined
}

/** A target has one set of limits, whichever routes name it. */
function setLimits(target: string, state: TargetState, given: Limits, path: string, building: Building): void {
  const { rpm, tpm, inputTpm, outputTpm, concurrency } = given
  const limits = Object.fromEntries(
    Object.entries({ rpm, tpm, inputTpm, outputTpm, concurrency }).filter(([, most]) => most !== undefined),
  )
  const text = JSON.stringify(limits)
  if (text === '{}') return
  const known = building.limits.get(target)
  if (known !== undefined && known !== text) {
    building.issues.push({ path, problem: `sets limits of '${target}' that are not those it has elsewhere, ${known}` })
  }
  building.limits.set(target, text)
  building.equips.push(({ Limiter }) => {
    for (const own of withKeyed(state)) {
      if (own.limiter) own.limiter.reconfigure(limits)
      else own.limiter = new Limiter(limits)
    }
  })
}

/** The state of a target, and of it by each of its keys: each key has the limits to itself. */
function withKeyed(state: TargetState): readonly TargetState[] {
  return [state, ...(state.byKey?.values() ?? [])]
}

function describeUnregistered(name: string, provider: string, registry: Registry): string {
  const known = registry.ids()
  const near = hint(nearest(provider, known)) || ` Registered are: ${known.join(', ') || 'none'}.`
  return `'${name}' names a provider that is not registered.${near}`
}

/** Providers that do not keep the contract, and ids that admit nobody. */
function* findProviderIssues({ experimental = [] }: ReloadOptions, registry: Registry): Generator<ConfigIssue> {
  for (const [index, status] of registry.statuses.entries()) {
    if (status.state !== 'incompatible') continue
    yield { path: `options.providers[${index}]`, problem: `is ${status.state}: ${status.remedy}` }
  }
  for (const [index, id] of experimental.entries()) {
    if (id === '*' || registry.status(id) !== undefined) continue
    yield { path: `options.experimental[${index}]`, problem: describeUnregistered(id, id, registry) }
  }
}

function hint(names: readonly string[]): string {
  return names.length === 0 ? '' : ` Did you mean ${names.map((name) => `'${name}'`).join(' or ')}?`
}

function toPolicy(route: RouteOptions): RoutePolicy {
  const { throttledBackoff, retries } = defaultPolicy
  const backoff = withDefaults(defaultPolicy.backoff, route.retry)
  const baseMs = Math.min(Math.max(throttledBackoff.baseMs, backoff.baseMs), backoff.capMs)
  const dispositions: Record<FailureKind, Disposition> = { ...defaultDispositions }
  for (const [kind, changes] of Object.entries(route.failures ?? {}) as [FailureKind, Partial<Disposition>][]) {
    dispositions[kind] = withDefaults(dispositions[kind], changes)
  }
  return {
    ...withDefaults<RoutePolicy>(defaultPolicy, route),
    retries: route.retry?.attempts ?? retries,
    backoff,
    throttledBackoff: { ...backoff, baseMs },
    dispositions,
  }
}

/** Routes that would be their own target, directly or through others. */
function* findLoops(routes: ReloadOptions['routes']): Generator<ConfigIssue> {
  const leadsTo = (goal: string, config: RouteConfig | undefined, seen: Set<unknown>): boolean => {
    if (config === undefined || seen.has(config)) return false
    seen.add(config)
    return toOptions(config).stages.some(({ targets }) =>
      targets
        .map(modelOf)
        .some((name) => name === goal || (Object.hasOwn(routes, name) && leadsTo(goal, routes[name], seen))),
    )
  }
  for (const [name, config] of Object.entries(routes)) {
    if (!leadsTo(name, config, new Set())) continue
    yield { path: join('options.routes', name), problem: 'leads back to itself through its own targets' }
  }
}
