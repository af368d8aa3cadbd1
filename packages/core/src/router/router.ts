import { EventChannel } from '../engine/event.ts'
import type { RouterListener } from '../engine/event.ts'
import type { Route } from '../engine/route.ts'
import { RoutedStream } from '../engine/routed-stream.ts'
import { runChat } from '../engine/run-chat.ts'
import type { EngineContext } from '../engine/run.ts'
import { Run } from '../engine/run.ts'
import type { ProviderSource } from '../engine/target.ts'
import { Target } from '../engine/target.ts'
import { DisposedError } from '../errors/disposed-error.ts'
import { UnknownModelError } from '../errors/unknown-model-error.ts'
import type { CallOptions } from '../provider/call-options.ts'
import type { Capabilities } from '../provider/capabilities.ts'
import type { Provider } from '../provider/provider.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { RoutedResponse, RoutedStreamEvent } from '../provider/routed.ts'
import { whyUnusable } from '../registry/plugin-status.ts'
import type { PluginStatus } from '../registry/plugin-status.ts'
import { RegisteredProvider, Registry } from '../registry/registry.ts'
import { Alarms } from '../runtime/alarms.ts'
import { systemRandom } from '../runtime/random.ts'
import { systemClock } from '../runtime/system-clock.ts'
import { priority } from '../strategy/priority.ts'
import { checkCallOptions, isSignal, parseChatRequest } from '../validation/parse-chat-request.ts'
import { nearest } from '../validation/nearest.ts'
import { buildRoutes } from './build-routes.ts'
import { checkRouterOptions } from './check-router-options.ts'
import {
  defaultCircuit,
  defaultHealth,
  defaultPolicy,
  defaultRetryBudget,
  maxAdHocTargets,
  silentLogger,
  withDefaults,
} from './defaults.ts'
import type { RouterOptions } from './options.ts'
import { routeCapabilities } from './route-capabilities.ts'
import { TargetStates } from './target-states.ts'
import type { TargetStatus } from './target-status.ts'
import { toTargetStatus } from './target-status.ts'

/** A router has its own clock and logger. */
type RouterCallOptions = Pick<CallOptions, 'signal'>

/** Runs requests over routes. It is a provider itself, whose models are its routes. */
export interface Router extends Provider {
  /**
   * Asks for a whole answer.
   *
   * @throws InvalidRequestError, UnknownModelError before anything is sent
   * @throws RouteFailedError when no target gave an answer
   * @throws the signal's reason when the caller aborts
   */
  chat(request: ChatRequest, options?: RouterCallOptions): Promise<RoutedResponse>
  /**
   * Asks for the answer piece by piece. Starts at the first read, and a reader that leaves ends it. Throws as `chat`
   * does, and besides:
   *
   * @throws StreamInterruptedError when the stream breaks after content was delivered
   */
  stream(request: ChatRequest, options?: RouterCallOptions): AsyncIterableIterator<RoutedStreamEvent, void, undefined>
  /** What registration found out about each provider, in the order given. */
  readonly providers: readonly PluginStatus[]
  /** How each target stands right now. */
  status(): readonly TargetStatus[]
  /** @returns a function that ends the subscription */
  onEvent(listener: RouterListener): () => void
  /** Ends every running request and lets go of everything; the router takes no more requests. */
  dispose(): void
}

/**
 * Makes a router.
 *
 * @throws InvalidConfigError with everything that is wrong with the options
 * @throws NoUsableTargetError when a route has no target that could be called
 */
export function createRouter(options: RouterOptions): Router {
  checkRouterOptions(options)
  return new FallbackRouter(options)
}

class FallbackRouter implements Router {
  readonly specificationVersion = 1
  readonly isRouter = true
  readonly id: string
  readonly providers: readonly PluginStatus[]
  readonly #context: EngineContext
  readonly #registry: Registry
  readonly #states: TargetStates
  readonly #routes: ReadonlyMap<string, Route>
  readonly #adHoc = new Map<string, Route>()
  readonly #disposal = new AbortController()
  #requests = 0

  constructor(options: RouterOptions) {
    this.id = options.id ?? 'router'
    const { clock = systemClock, random = systemRandom, logger = silentLogger } = options
    const events = new EventChannel((error) => logger.error('an event listener threw', { error: String(error) }))
    if (options.onEvent) events.subscribe(options.onEvent)
    const disposal = this.#disposal.signal
    this.#context = { clock, random, logger, events, alarms: new Alarms(clock), disposal }
    const env = options.env ?? readEnvironment()
    const { providers: plugins, experimental = [] } = options
    this.#registry = new Registry({ plugins, env, experimental, clock, logger })
    this.providers = this.#registry.statuses
    this.#states = new TargetStates(this.#context, {
      circuit: withDefaults(defaultCircuit, options.circuit),
      retryBudget: withDefaults(defaultRetryBudget, options.retryBudget),
      health: withDefaults(defaultHealth, options.health),
    })
    const self = new RegisteredProvider(this, { id: this.id, credentials: {}, clock, logger })
    const parts = { registry: this.#registry, states: this.#states, self }
    const { routes, unavailable } = buildRoutes(options, parts)
    this.#routes = routes
    for (const { target, route, reason } of unavailable) {
      logger.warn('target is unavailable', { target, route, reason })
      events.emit?.({ type: 'target-unavailable', target, route, reason })
    }
  }

  capabilities(model: string): Capabilities {
    return routeCapabilities(this.#resolve(model))
  }

  chat(request: ChatRequest, options?: RouterCallOptions): Promise<RoutedResponse> {
    try {
      return runChat(this.#start(request, false, options, options?.signal))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  stream(request: ChatRequest, options?: RouterCallOptions): AsyncIterableIterator<RoutedStreamEvent, void, undefined> {
    const callerSignal = isSignal(options?.signal) ? options.signal : undefined
    return new RoutedStream(callerSignal, (signal) => this.#start(request, true, options, signal))
  }

  status(): readonly TargetStatus[] {
    const now = this.#context.clock.now()
    return [...this.#states.entries()].map(([target, state]) => toTargetStatus(target, state, now))
  }

  onEvent(listener: RouterListener): () => void {
    return this.#context.events.subscribe(listener)
  }

  dispose(): void {
    const reason = new DisposedError()
    this.#disposal.abort(reason)
    this.#context.alarms.dispose(reason)
    this.#adHoc.clear()
  }

  #start(value: ChatRequest, streamed: boolean, options: unknown, signal: AbortSignal | undefined): Run {
    if (this.#disposal.signal.aborted) throw this.#disposal.signal.reason
    const request = parseChatRequest(value)
    checkCallOptions(options)
    const route = this.#resolve(request.model)
    return new Run(this.#context, ++this.#requests, route, request, streamed, signal)
  }

  /** The route that a caller means by `model`. */
  #resolve(model: string): Route {
    return this.#routes.get(model) ?? this.#resolveTarget(model)
  }

  /** A target that a caller names is a route of its own. */
  #resolveTarget(model: string): Route {
    const known = this.#adHoc.get(model)
    const slash = model.indexOf('/')
    const provider = slash < 0 ? undefined : this.#registry.get(model.slice(0, slash))
    const route = known ?? (provider && this.#toRoute(model, provider, model.slice(slash + 1)))
    if (route === undefined) throw this.#unknown(model, slash)
    // The one used last stands last; the first is forgotten first.
    this.#adHoc.delete(model)
    this.#adHoc.set(model, route)
    if (this.#adHoc.size > maxAdHocTargets) this.#forgetOldest()
    return route
  }

  #toRoute(name: string, source: ProviderSource, model: string): Route | undefined {
    if (model === '') return undefined
    const targets = [new Target('stage-1', source, model, this.#states.of(source.id, model))]
    const stages = [{ name: 'stage-1', strategy: priority, targets, unusable: [] }]
    return { name, stages, policy: defaultPolicy, hasOverrides: false }
  }

  #forgetOldest(): void {
    const [oldest = ''] = this.#adHoc.keys()
    this.#adHoc.delete(oldest)
    if (!this.#targets().includes(oldest)) this.#states.forget(oldest)
  }

  /** All targets of all routes. */
  #targets(): readonly string[] {
    const stages = [...this.#routes.values()].flatMap((route) => route.stages)
    return stages.flatMap(({ targets }) => targets.map(({ target }) => target))
  }

  #unknown(model: string, slash: number): UnknownModelError {
    const status = slash < 0 ? undefined : this.#registry.status(model.slice(0, slash))
    const reason = status && whyUnusable(status)
    if (reason !== undefined) return new UnknownModelError(model, [], `cannot be used: ${reason}`)
    const known = [...this.#routes.keys(), ...this.#targets()]
    const providers = slash < 0 ? [] : this.providers.map(({ id }) => `${id}${model.slice(slash)}`)
    return new UnknownModelError(model, nearest(model, [...known, ...providers]))
  }
}

/** The process's environment, where there is one. */
function readEnvironment(): Readonly<Record<string, string | undefined>> {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env ?? {}
}
