import type { Route, RoutePolicy, Stage, UnusableTarget } from '../engine/route.ts'
import type { ProviderSource } from '../engine/target.ts'
import { Target } from '../engine/target.ts'
import type { FailureKind } from '../errors/failure-kind.ts'
import type { ConfigIssue } from '../errors/invalid-config-error.ts'
import { InvalidConfigError } from '../errors/invalid-config-error.ts'
import type { UnavailableTarget } from '../errors/no-usable-target-error.ts'
import { NoUsableTargetError } from '../errors/no-usable-target-error.ts'
import { defaultDispositions } from '../failure/disposition.ts'
import type { Disposition } from '../failure/disposition.ts'
import { whyUnusable } from '../registry/plugin-status.ts'
import type { Registry } from '../registry/registry.ts'
import { priority } from '../strategy/priority.ts'
import { nearest } from '../validation/nearest.ts'
import { join } from '../validation/shape.ts'
import { defaultPolicy, withDefaults } from './defaults.ts'
import type { RouteConfig, RouteOptions, RouterOptions, StageConfig, TargetConfig } from './options.ts'
import type { TargetStates } from './target-states.ts'

/** What routes are built from. */
export interface RouteParts {
  readonly registry: Registry
  readonly states: TargetStates
  /** The router as a provider, for targets that are routes. */
  readonly self: ProviderSource
}

/** While routes are built. */
interface Building extends RouteParts {
  readonly options: RouterOptions
  readonly issues: ConfigIssue[]
}

/** The routes of a configuration, and the targets in them that cannot be used. */
export interface BuiltRoutes {
  readonly routes: ReadonlyMap<string, Route>
  readonly unavailable: readonly UnavailableTarget[]
}

/**
 * @throws InvalidConfigError for names that are not known and routes that lead back to themselves
 * @throws NoUsableTargetError for a route none of whose targets can be used; with `strict`, if any target cannot
 */
export function buildRoutes(options: RouterOptions, parts: RouteParts): BuiltRoutes {
  const issues: ConfigIssue[] = [...findProviderIssues(options, parts.registry), ...findLoops(options.routes)]
  const routes = new Map<string, Route>()
  const unavailable: UnavailableTarget[] = []
  for (const [name, config] of Object.entries(options.routes)) {
    const route = buildRoute(name, config, { ...parts, options, issues })
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
  }
  return { routes, unavailable }
}

function toOptions(config: RouteConfig): RouteOptions {
  return 'stages' in config ? config : { stages: [{ targets: config }] }
}

function modelOf(target: TargetConfig): string {
  return typeof target === 'string' ? target : target.model
}

function buildRoute(name: string, config: RouteConfig, building: Building): Route {
  const route = toOptions(config)
  const path = join('options.routes', name)
  const stages = route.stages.map((stage, index) => {
    const at = Array.isArray(config) ? path : `${path}.stages[${index}].targets`
    return buildStage(stage, index, at, building)
  })
  const hasOverrides = stages.some(({ targets }) => targets.some(({ overrides }) => overrides !== undefined))
  return { name, stages, policy: toPolicy(route), hasOverrides }
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
  const strategy = stage.strategy === undefined || stage.strategy === 'priority' ? priority : stage.strategy
  return { name, strategy, targets, unusable }
}

function buildTarget(
  stage: string,
  config: TargetConfig,
  path: string,
  { options, issues, registry, states, self }: Building,
): Target | UnusableTarget | undefined {
  const name = modelOf(config)
  const settings = typeof config === 'string' ? {} : config
  if (Object.hasOwn(options.routes, name)) return new Target(stage, self, name, states.of(self.id, name), settings)
  const slash = name.indexOf('/')
  const providerId = slash < 0 ? name : name.slice(0, slash)
  const model = slash < 0 ? '' : name.slice(slash + 1)
  if (model === '') {
    const near = hint(nearest(name, [...Object.keys(options.routes), ...registry.ids().map((id) => `${id}/…`)]))
    issues.push({ path, problem: `'${name}' is neither 'provider/model' nor the name of a route.${near}` })
    return undefined
  }
  const provider = registry.get(providerId)
  if (provider) return new Target(stage, provider, model, states.of(providerId, model), settings)
  const status = registry.status(providerId)
  if (status) return { target: name, reason: whyUnusable(status) ?? 'it is not usable' }
  issues.push({ path, problem: describeUnregistered(name, providerId, registry) })
  return undefined
}

function describeUnregistered(name: string, provider: string, registry: Registry): string {
  const known = registry.ids()
  const near = hint(nearest(provider, known)) || ` Registered are: ${known.join(', ') || 'none'}.`
  return `'${name}' names a provider that is not registered.${near}`
}

/** Providers that do not keep the contract, and ids that admit nobody. */
function* findProviderIssues({ experimental = [] }: RouterOptions, registry: Registry): Generator<ConfigIssue> {
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
function* findLoops(routes: RouterOptions['routes']): Generator<ConfigIssue> {
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
