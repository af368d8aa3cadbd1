import type { Circuit } from '../breaker/circuit.ts'
import { EventChannel } from '../engine/event.ts'
import type { RouterListener } from '../engine/event.ts'
import type { OptionalParts } from '../engine/loaded-parts.ts'
import { RoutedStream } from '../engine/routed-stream.ts'
import { runChat } from '../engine/run-chat.ts'
import type { Route } from '../engine/route.ts'
import type { EngineContext, InnerCallOptions, OuterCall } from '../engine/run.ts'
import { Run, within } from '../engine/run.ts'
import { DisposedError } from '../errors/disposed-error.ts'
import { framesOf } from '../errors/frames-of.ts'
import { UnknownModelError } from '../errors/unknown-model-error.ts'
import type { Handlers } from '../middleware/compose-middleware.ts'
import { LayeredStream } from '../middleware/layered-stream.ts'
import type { Middleware } from '../middleware/middleware.ts'
import type { CallOptions } from '../provider/call-options.ts'
import type { Capabilities } from '../provider/capabilities.ts'
import type { EmbeddingsFacet, EmbeddingsRequest } from '../provider/facets.ts'
import type { Provider } from '../provider/provider.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { RoutedEmbeddings, RoutedResponse, RoutedStreamEvent } from '../provider/routed.ts'
import type { PluginStatus } from '../registry/plugin-status.ts'
import { RegisteredProvider } from '../registry/registry.ts'
import { Alarms } from '../runtime/alarms.ts'
import { systemRandom } from '../runtime/random.ts'
import { systemClock } from '../runtime/system-clock.ts'
import type { SharedState } from '../sharing/shared-state.ts'
import type { Store } from '../store/store.ts'
import { checkCallOptions, isSignal } from '../validation/check-call-options.ts'
import { isSimpleRequest } from '../validation/is-simple-request.ts'
import { nearest } from '../validation/nearest.ts'
import { checkRouterOptions } from './check-router-options.ts'
import { defaultCircuit, defaultHealth, defaultRetryBudget, silentLogger, withDefaults } from './defaults.ts'
import type { Explanation } from './explain.ts'
import type { ReloadOptions, RouterOptions } from './options.ts'
import { quietly } from './quietly.ts'
import { routeCapabilities } from './route-capabilities.ts'
import { Routes } from './routes.ts'
import type { TargetStateOptions } from './target-states.ts'
import { TargetStates } from './target-states.ts'
import type { TargetStatus } from './target-status.ts'
import { toTargetStatus } from './target-status.ts'

/** The middlewares of a configuration. */
interface Layers {
  readonly middleware: readonly Middleware[]
  /** Once they are needed. */
  handlers?: Handlers
}

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
  /**
   * Asks for vectors. Unless the route says otherwise, only targets are called whose vectors can be compared with those of
   * the route's first. Throws as `chat` does.
   */
  embed(request: EmbeddingsRequest, options?: RouterCallOptions): Promise<RoutedEmbeddings>
  readonly embeddings: EmbeddingsFacet
  /** What registration found out about each provider, in the order given. */
  readonly providers: readonly PluginStatus[]
  /** How each target stands right now. */
  status(): readonly TargetStatus[]
  /**
   * Says whom a request, streamed or not, would go to now, and why not to the others. Nothing is sent, counted or changed.
   *
   * @throws InvalidRequestError, UnknownModelError
   */
  explain(request: ChatRequest, options?: { readonly stream?: boolean }): Promise<Explanation>
  /**
   * Goes on by other options, all at once: requests that are running end by the old ones, and what is remembered of
   * targets stays with them.
   *
   * @throws InvalidConfigError, NoUsableTargetError, and then nothing has changed
   */
  reload(options: ReloadOptions): void
  /**
   * Shuts a target out by hand, or a provider with all its targets, even where it is the last there is, until `reset`.
   *
   * @param name such as `openai/gpt-5` or `openai`
   * @throws UnknownModelError
   */
  isolate(name: string): void
  /**
   * Closes the circuit of a target or provider, and lifts its pauses, those by each of its keys too, as if nothing had
   * happened; `openai/gpt-5#0a1b2c3d` or `openai#0a1b2c3d` lifts those by one key.
   *
   * @throws UnknownModelError
   */
  reset(name: string): void
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
  readonly embeddings: EmbeddingsFacet = { embed: (request, options) => this.embed(request, options) }
  readonly #context: EngineContext
  readonly #states: TargetStates
  #routes: Routes
  #layers: Layers | undefined
  #loading: Promise<OptionalParts> | undefined
  /** Until it is there, the router is on its own; whoever has limits waits for it. */
  #sharing: Promise<void> | undefined
  #shared: SharedState | undefined
  #generation = 1
  #requests = 0

  constructor(options: RouterOptions) {
    this.id = options.id ?? 'router'
    const { clock = systemClock, random = systemRandom } = options
    const logger = options.logger ? quietly(options.logger) : silentLogger
    const events = new EventChannel((error) =>
      logger.error('an event listener threw', { error: framesOf(error).stack }),
    )
    if (options.onEvent) events.subscribe(options.onEvent)
    this.#context = {
      clock,
      random,
      logger,
      events,
      alarms: new Alarms(clock),
      disposed: undefined,
      optional: undefined,
      shared: undefined,
      loadOptional: () => this.#load(),
    }
    this.#states = new TargetStates(this.#context, toStateOptions(options))
    this.#routes = this.#build(options)
    this.#layers = toLayers(options)
    this.#routes.begin(logger, events)
    const onError = (error: unknown): void => logger.error('nothing is shared', { error: framesOf(error).stack })
    if (options.store) this.#sharing = this.#share(options.store).catch(onError)
  }

  get providers(): readonly PluginStatus[] {
    return this.#routes.registry.statuses
  }

  capabilities(model: string): Capabilities {
    return routeCapabilities(this.#routes.look(model))
  }

  chat(request: ChatRequest, options?: RouterCallOptions): Promise<RoutedResponse> {
    try {
      const layers = this.#layers
      return layers === undefined ? this.#chat(request, options) : this.#chatThrough(layers, request, options)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  stream(request: ChatRequest, options?: RouterCallOptions): AsyncIterableIterator<RoutedStreamEvent, void, undefined> {
    const layers = this.#layers
    const signal = isSignal(options?.signal) ? options.signal : undefined
    if (layers === undefined) return this.#stream(request, options)
    return new LayeredStream(signal, async (own) => {
      this.#throwIfDisposed()
      checkCallOptions(options)
      const parts = await this.#load()
      return this.#compose(layers, parts).stream(parts.parseChatRequest(request), {
        ...this.#layerContext,
        signal: own,
      })
    })
  }

  embed(request: EmbeddingsRequest, options?: RouterCallOptions): Promise<RoutedEmbeddings> {
    return this.#embed(request, options)
  }

  async explain(request: ChatRequest, { stream = false }: { readonly stream?: boolean } = {}): Promise<Explanation> {
    const [{ explain }, { parseChatRequest }] = await Promise.all([import('./explain.ts'), this.#load()])
    const parsed = parseChatRequest(request)
    // Its own random: an explanation that drew from the router's would change what it explains.
    const silent = { ...this.#context, random: systemRandom, events: new EventChannel(() => undefined) }
    const routes = this.#routes
    const explainRoute = (route: Route, outer?: OuterCall): Explanation => {
      const run = new Run(silent, 0, route, { ...parsed, model: route.name }, false, stream, undefined, outer)
      return explain(run, (target) => {
        const inner = routes.within(target)
        return inner && explainRoute(inner, { run, target })
      })
    }
    return explainRoute(routes.look(parsed.model))
  }

  status(): readonly TargetStatus[] {
    const now = this.#context.clock.now()
    this.#routes.lookUpKeys()
    return [...this.#states.entries()].map(([target, state]) => toTargetStatus(target, state, now))
  }

  reload(options: ReloadOptions): void {
    const { logger, events } = this.#context
    try {
      this.#throwIfDisposed()
      checkRouterOptions(options, true)
      const before = this.#routes
      this.#routes = this.#build(options, before)
      // Another key is not left alone for what was wrong with the last one.
      for (const id of before.registry.ids()) {
        const provider = before.registry.get(id)
        if (provider === this.#routes.registry.get(id)) continue
        if (provider !== undefined) provider.isReplaced = true
        const account = this.#states.pauseOf(id)
        if (account?.reason === 'authentication') account.lift()
      }
    } catch (error) {
      // Not even the states of targets that only the new one names.
      this.#states.keepOnly(this.#routes.known())
      logger.error('the new configuration was rejected; the old one stays', { generation: this.#generation })
      events.emit?.({ type: 'reload-rejected', generation: this.#generation, problem: String(error) })
      throw error
    }
    this.#generation++
    this.#layers = toLayers(options)
    this.#states.reconfigure(toStateOptions(options))
    this.#states.keepOnly(this.#routes.known())
    if (this.#context.optional) this.#routes.equip(this.#context.optional as OptionalParts)
    events.emit?.({ type: 'reloaded', generation: this.#generation })
    this.#routes.begin(logger, events)
    void this.#shared?.read()
  }

  isolate(name: string): void {
    this.#circuitOf(name).isolate(this.#context.clock.now())
  }

  reset(name: string): void {
    const { clock, shared } = this.#context
    const now = clock.now()
    // A key has no circuit of its own.
    if (this.#states.pauseOf(name) === undefined || this.#states.circuitOf(name)) this.#circuitOf(name).reset(now)
    for (const id of this.#states.pausesOf(name)) {
      const pause = this.#states.pauseOf(id)
      if (pause === undefined || pause.until <= now) continue
      pause.lift()
      shared?.publishPause(id, now, pause.reason)
    }
  }

  onEvent(listener: RouterListener): () => void {
    return this.#context.events.subscribe(listener)
  }

  dispose(): void {
    const reason = new DisposedError()
    this.#context.disposed ??= reason
    this.#context.alarms.dispose(reason)
    this.#shared?.dispose()
    this.#routes.registry.dispose()
  }

  #chat(value: ChatRequest, options?: RouterCallOptions, routes?: Routes): Promise<RoutedResponse> {
    const run = this.#prepare(value, false, options, options?.signal, routes)
    return run instanceof Run ? runChat(run) : run.then(runChat)
  }

  async #chatThrough(
    layers: Layers,
    request: ChatRequest,
    options: RouterCallOptions | undefined,
  ): Promise<RoutedResponse> {
    this.#throwIfDisposed()
    checkCallOptions(options)
    const parts = await this.#load()
    const parsed = parts.parseChatRequest(request)
    return this.#compose(layers, parts).chat(parsed, { ...this.#layerContext, signal: options?.signal })
  }

  #stream(value: ChatRequest, options?: RouterCallOptions, routes?: Routes): RoutedStream {
    const signal = isSignal(options?.signal) ? options.signal : undefined
    return new RoutedStream(signal, () => this.#prepare(value, true, options, signal, routes))
  }

  async #embed(
    value: EmbeddingsRequest,
    options: RouterCallOptions | undefined,
    routes?: Routes,
  ): Promise<RoutedEmbeddings> {
    this.#throwIfDisposed()
    checkCallOptions(options)
    const [{ runEmbeddings, parseEmbeddingsRequest }] = await Promise.all([
      import('../engine/run-embeddings.ts'),
      this.#load(),
    ])
    const request = parseEmbeddingsRequest(value)
    const messages = request.inputs.map((content) => ({ role: 'user', content }) as const)
    const run = this.#start({ model: request.model, messages }, false, false, options?.signal, routes, options)
    return runEmbeddings(run, request)
  }

  /** The run of a request, once all is loaded that it needs. */
  #prepare(
    value: ChatRequest,
    streamed: boolean,
    options: RouterCallOptions | undefined,
    signal: AbortSignal | undefined,
    routes: Routes = this.#routes,
  ): Run | Promise<Run> {
    this.#throwIfDisposed()
    checkCallOptions(options)
    const parts = this.#context.optional as OptionalParts | undefined
    if (isSimpleRequest(value)) {
      const run = this.#start(value, true, streamed, signal, routes, options)
      const isPlain = run.isSimple && !run.route.needsOptional && !run.outer?.run.route.needsOptional
      if (isPlain || parts !== undefined) return run
      return this.#load().then((loaded) => {
        // A reload may have put others in their place meanwhile.
        routes.equip(loaded)
        return run
      })
    }
    const start = (loaded: OptionalParts): Run => {
      routes.equip(loaded)
      return this.#start(loaded.parseChatRequest(value), false, streamed, signal, routes, options)
    }
    return parts === undefined ? this.#load().then(start) : start(parts)
  }

  #start(
    request: ChatRequest,
    isSimple: boolean,
    streamed: boolean,
    signal: AbortSignal | undefined,
    routes: Routes = this.#routes,
    options?: InnerCallOptions,
  ): Run {
    this.#throwIfDisposed()
    const route = routes.resolve(request.model)
    return new Run(this.#context, ++this.#requests, route, request, isSimple, streamed, signal, options?.[within])
  }

  /** Loads what most requests do without. A load that fails is not kept, so that the next request tries again. */
  #load(): Promise<OptionalParts> {
    this.#loading ??= Promise.all([import('../engine/optional.ts'), this.#sharing]).then(
      ([parts]) => {
        this.#context.optional = parts
        this.#routes.equip(parts)
        return parts
      },
      (error: unknown) => {
        this.#loading = undefined
        throw error
      },
    )
    return this.#loading
  }

  async #share(store: Store): Promise<void> {
    const { share } = await import('./share.ts')
    if (this.#context.disposed) return
    this.#context.shared = this.#shared = share(store, this.#context, this.#states)
    void this.#shared.read()
  }

  /** Puts the middlewares around requests, once for all of them. */
  #compose(layers: Layers, { composeMiddleware }: OptionalParts): Handlers {
    layers.handlers ??= composeMiddleware(layers.middleware, {
      chat: async (request, { signal }) => this.#chat(request, signal && { signal }),
      stream: (request, { signal }) => this.#stream(request, signal && { signal }),
    })
    return layers.handlers
  }

  get #layerContext(): Pick<EngineContext, 'clock' | 'logger'> {
    const { clock, logger } = this.#context
    return { clock, logger }
  }

  /** @throws InvalidConfigError, NoUsableTargetError */
  #build(options: ReloadOptions, previous?: Routes): Routes {
    const { id } = this
    const { clock, logger } = this.#context
    const { env = readEnvironment() } = options
    // Their own, so that a request which leads from route to route keeps to those it began with.
    const self: Provider = {
      specificationVersion: 1,
      id,
      isRouter: true,
      capabilities: (model) => routeCapabilities(routes.look(model)),
      chat: async (request, callOptions) => this.#chat(request, callOptions, routes),
      stream: (request, callOptions) => this.#stream(request, callOptions, routes),
      embeddings: { embed: (request, callOptions) => this.#embed(request, callOptions, routes) },
    }
    const source = new RegisteredProvider(self, { id, credentials: {}, clock, logger })
    const routes: Routes = new Routes(options, { env, clock, logger, states: this.#states, self: source, previous })
    return routes
  }

  #circuitOf(name: string): Circuit {
    const circuit = this.#states.circuitOf(name)
    if (circuit === undefined) throw new UnknownModelError(name, nearest(name, this.#states.names()))
    return circuit
  }

  #throwIfDisposed(): void {
    if (this.#context.disposed !== undefined) throw this.#context.disposed
  }
}

function toLayers({ middleware = [] }: ReloadOptions): Layers | undefined {
  return middleware.length === 0 ? undefined : { middleware: [...middleware] }
}

function toStateOptions({ circuit, retryBudget, health }: ReloadOptions): TargetStateOptions {
  return {
    circuit: withDefaults(defaultCircuit, circuit),
    retryBudget: withDefaults(defaultRetryBudget, retryBudget),
    health: withDefaults(defaultHealth, health),
  }
}

/** The process's environment, where there is one. */
function readEnvironment(): Readonly<Record<string, string | undefined>> {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env ?? {}
}
