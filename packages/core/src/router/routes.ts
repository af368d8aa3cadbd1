import type { EventChannel } from '../engine/event.ts'
import type { OptionalParts } from '../engine/loaded-parts.ts'
import type { Route } from '../engine/route.ts'
import type { ProviderSource, TargetState } from '../engine/target.ts'
import { spaceOf, Target } from '../engine/target.ts'
import { UnknownModelError } from '../errors/unknown-model-error.ts'
import type { Logger } from '../provider/call-options.ts'
import { whyUnusable } from '../registry/plugin-status.ts'
import { Registry } from '../registry/registry.ts'
import type { RegistryOptions } from '../registry/registry.ts'
import { priority } from '../strategy/priority.ts'
import { nearest } from '../validation/nearest.ts'
import type { BuiltRoutes, Equip } from './build-routes.ts'
import { buildRoutes } from './build-routes.ts'
import { defaultPolicy, manyAttempts, maxAdHocTargets } from './defaults.ts'
import { findMultiplied } from './find-multiplied.ts'
import type { ReloadOptions } from './options.ts'
import type { TargetStates } from './target-states.ts'

/** What routes need of their router. */
export interface RoutesContext extends Pick<RegistryOptions, 'env' | 'clock' | 'logger'> {
  readonly states: TargetStates
  readonly self: ProviderSource
  /** Those before them. */
  readonly previous?: Routes | undefined
}

/** All that one configuration made: its providers, its routes, and the targets that callers named beside those. */
export class Routes {
  readonly registry: Registry
  readonly #options: ReloadOptions
  readonly #states: TargetStates
  readonly #self: ProviderSource
  readonly #built: BuiltRoutes
  readonly #adHoc = new Map<string, Route>()
  #equips: readonly Equip[]

  /** @throws InvalidConfigError, NoUsableTargetError */
  constructor(options: ReloadOptions, { env, clock, logger, states, self, previous }: RoutesContext) {
    const { providers: plugins, experimental = [] } = options
    this.#options = options
    this.#states = states
    this.#self = self
    this.registry = new Registry({
      plugins,
      env,
      experimental,
      clock,
      logger,
      own: self.id,
      previous: previous?.registry,
    })
    this.#built = buildRoutes(options, { registry: this.registry, states, self })
    this.#equips = this.#built.equips
    if (previous) for (const model of previous.#adHoc.keys()) this.#findTarget(model)
  }

  /** They are in force from now on: says which targets cannot be used, and where layers of routes multiply calls. */
  begin(logger: Logger, { emit }: EventChannel): void {
    for (const { target, route, reason } of this.#built.unavailable) {
      logger.warn('target is unavailable', { target, route, reason })
      emit?.({ type: 'target-unavailable', target, route, reason })
    }
    for (const { route, attempts } of findMultiplied(this.#built.routes, manyAttempts, this.#self)) {
      logger.warn('routes within a route multiply its attempts', { route, attempts })
      emit?.({ type: 'attempts-multiply', route, attempts })
    }
  }

  /** Has the keys of each target looked up, which may be others than at its last call. */
  lookUpKeys(): void {
    for (const { stages } of [...this.#built.routes.values(), ...this.#adHoc.values()]) {
      for (const { targets } of stages) targets.forEach(lookUpKeys)
    }
  }

  /** Puts in what is loaded on demand. */
  equip(parts: OptionalParts): void {
    if (this.#equips.length === 0) return
    for (const equip of this.#equips) equip(parts)
    this.#equips = []
    // So that what other processes say of a key is heard before its first call.
    this.lookUpKeys()
  }

  /** All targets that routes or callers name. */
  known(): ReadonlySet<string> {
    return new Set([...this.#targets(), ...this.#adHoc.keys()])
  }

  #targets(): readonly string[] {
    const stages = [...this.#built.routes.values()].flatMap((route) => route.stages)
    return stages.flatMap(({ targets }) => targets.map(({ target }) => target))
  }

  /** The route that a caller means by `model`. @throws UnknownModelError */
  resolve(model: string): Route {
    const route = this.#built.routes.get(model) ?? this.#findTarget(model)
    if (route === undefined) throw this.#unknown(model)
    return route
  }

  /** As `resolve`, for who only looks: nothing is remembered of a target that nobody has called. @throws UnknownModelError */
  look(model: string): Route {
    const source = this.#sourceOf(model)
    const known = this.#built.routes.get(model) ?? this.#adHoc.get(model)
    const route = known ?? (source && this.#toRoute(model, source, this.#states.peek(model)))
    if (route === undefined) throw this.#unknown(model)
    return route
  }

  /** The route that a target stands for, where it is one of these. */
  within({ source, model }: Target): Route | undefined {
    return source === this.#self ? this.#built.routes.get(model) : undefined
  }

  /** A target that a caller names is a route of its own. */
  #findTarget(model: string): Route | undefined {
    const source = this.#sourceOf(model)
    const route =
      this.#adHoc.get(model) ??
      (source && this.#toRoute(model, source, this.#states.of(source.id, model.slice(source.id.length + 1))))
    if (route === undefined) return undefined
    // The one used last stands last; the first is forgotten first.
    this.#adHoc.delete(model)
    this.#adHoc.set(model, route)
    if (this.#adHoc.size > maxAdHocTargets) this.#forgetOldest()
    return route
  }

  /** The provider of a target that is named. */
  #sourceOf(target: string): ProviderSource | undefined {
    const slash = target.indexOf('/')
    return slash < 0 || slash === target.length - 1 ? undefined : this.registry.get(target.slice(0, slash))
  }

  #toRoute(name: string, source: ProviderSource, state: TargetState): Route {
    const model = name.slice(source.id.length + 1)
    const targets = [new Target('stage-1', source, model, state, {}, this.#options.prices)]
    const stages = [{ name: 'stage-1', strategy: priority, targets, unusable: [] }]
    const needsOptional = this.#built.limited.has(name) || source.keys !== undefined
    const vectorSpace = spaceOf(model)
    return { name, stages, policy: defaultPolicy, vectorSpace, needsOptional, changesRequests: false }
  }

  #forgetOldest(): void {
    const [oldest = ''] = this.#adHoc.keys()
    this.#adHoc.delete(oldest)
    if (!this.#targets().includes(oldest)) this.#states.forget(oldest)
  }

  #unknown(model: string): UnknownModelError {
    const { registry } = this
    const slash = model.indexOf('/')
    const status = slash < 0 ? undefined : registry.status(model.slice(0, slash))
    const reason = status && whyUnusable(status)
    if (reason !== undefined) return new UnknownModelError(model, [], `cannot be used: ${reason}`)
    const known = [...this.#built.routes.keys(), ...this.#targets()]
    const providers = slash < 0 ? [] : registry.statuses.map(({ id }) => `${id}${model.slice(slash)}`)
    return new UnknownModelError(model, nearest(model, [...known, ...providers]))
  }
}

/** A provider may have one key now that had several. */
function lookUpKeys({ byKey, state }: Target): void {
  if (byKey === undefined && state.fingerprints !== undefined) state.fingerprints = []
}
