import { ProviderError } from '../../src/errors/provider-error.ts'
import type { CallOptions } from '../../src/provider/call-options.ts'
import type { EmbeddingsRequest, EmbeddingsResponse } from '../../src/provider/facets.ts'
import type { ProviderPlugin } from '../../src/provider/plugin.ts'
import type { Provider } from '../../src/provider/provider.ts'
import type { RateLimit } from '../../src/provider/rate-limit.ts'
import type { ChatRequest } from '../../src/provider/request.ts'
import type { ChatResponse } from '../../src/provider/response.ts'
import type { StreamEvent } from '../../src/provider/stream-event.ts'
import type { Usage } from '../../src/provider/usage.ts'
import { sleep } from '../../src/runtime/sleep.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import { estimateTokens } from '../../src/tokens/estimate-tokens.ts'
import type { Plan, TargetModel } from './behaviour.ts'
import { drawPlan, wellPlan } from './behaviour.ts'
import type { Draw } from './draw.ts'
import type { KeyModel } from './pool-model.ts'
import { drawKeyFault } from './keys.ts'
import type { SeenPool, Vault } from './seen-pool.ts'

/** A call as the service saw it. */
export interface ProviderCall {
  readonly number: number
  readonly target: string
  /** Id of the caller whose request it served. */
  readonly caller: string
  readonly asks: 'chat' | 'stream' | 'embed'
  readonly at: number
  readonly signal: AbortSignal
  plan: Plan
  /** What its provider was told of the key to call with, and the key that the service saw. */
  readonly asked: string | undefined
  /** Is told by which it goes out. */
  readonly onKey: CallOptions['onKey']
  /** What it was told. */
  told?: string
  shown?: ShownKey
  /** What it used, if it comes to its end. */
  readonly usage: Usage
  /** `offering` while a stream waits for its reader to ask for more; `left` when it was closed before its end. */
  state: 'working' | 'offering' | 'ended' | 'left'
}

/** The key of a call, and those that there were when its provider began to read it and when it had. */
export interface ShownKey {
  readonly key: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** Told of each call as it arrives, with the request as the service got it. */
export type OnCall = (call: ProviderCall, request: ChatRequest, model: TargetModel) => void

/** The services, all of them, behind the providers of a router. */
export interface World {
  readonly ids: readonly string[]
  /** A provider, with a pool as a plugin: it reads its key for each call. */
  employ(id: string, pool: SeenPool | undefined): Provider | ProviderPlugin
  /** Where functions fetch keys from. */
  readonly vault: Vault
  readonly calls: readonly ProviderCall[]
  /** Timers that belong to services which do not heed their signals, and to the vault. */
  readonly stubbornTimers: number
  /** From now on, every call is answered at once. */
  heal(): void
}

/** The text of a piece tells which call it is from. */
export function pieceText(call: number, piece: number): string {
  return `${call}.${piece} `
}

/** The first word of the first message, which is the caller's name. */
function callerOf({ messages }: ChatRequest): string {
  const [first] = messages
  return typeof first?.content === 'string' ? (first.content.split(' ', 1)[0] ?? '') : ''
}

/** A call while it is being answered. */
interface Begun {
  readonly call: ProviderCall
  readonly model: TargetModel
  /** What its answer tells of limits. */
  told: readonly RateLimit[] | undefined
}

export function createWorld(
  clock: FakeClock,
  draw: Draw,
  models: readonly TargetModel[],
  keys: ReadonlyMap<string, KeyModel>,
  onCall: OnCall,
): World {
  const calls: ProviderCall[] = []
  const modelOf = new Map(models.map((model) => [model.target, model]))
  const minutes = new Map<string, { minute: number; used: number }>()
  let stubbornTimers = 0
  let healed = false

  /** A service with a limit counts the call, by the key and by the minute on the clock. */
  const count = (begun: Begun, key = ''): void => {
    const { call, model } = begun
    const { target, allowedRpm: limit } = model
    if (limit === undefined) return
    const now = clock.now()
    const minute = Math.floor(now / 60_000)
    const before = minutes.get(target + key)
    const used = (before?.minute === minute ? before.used : 0) + 1
    minutes.set(target + key, { minute, used })
    const resetsInMs = (minute + 1) * 60_000 - now
    if (used <= limit) begun.told = [{ counts: 'requests', limit, remaining: limit - used, resetsInMs }]
    else if (!healed)
      call.plan = { ...call.plan, pieces: 0, end: { kind: 'rate-limit', status: 429, retryAfterMs: resetsInMs } }
  }
  /** The call shows its key, and the service says what it thinks of that. */
  const show = async (begun: Begun, pool: SeenPool): Promise<void> => {
    const { call } = begun
    const { signal, asked, target } = call
    const onKey = (fingerprint: string): void => {
      call.told = fingerprint
      call.onKey?.(fingerprint)
    }
    const before = pool.keys
    const read = pool.read({ ...(asked !== undefined && { key: asked }), onKey })
    let key: string | undefined
    try {
      key = typeof read === 'object' ? await Promise.race([read, silence(signal)]) : read
    } catch {
      if (signal.aborted) throw signal.reason
      throw new ProviderError('its keys could not be fetched', { kind: 'authentication', provider: target })
    }
    if (key === undefined) throw new Error(`${target} has no key`)
    call.shown = { key, before, after: pool.keys }
    const keyModel = keys.get(key)
    const fault = healed || keyModel === undefined ? undefined : drawKeyFault(keyModel, draw, clock.now())
    if (fault === undefined) return count(begun, key)
    // Most services look at the key first; some only when the answer has begun.
    const { pieces } = call.plan
    call.plan = { ...call.plan, delayMs: draw.integer(0, 30), pieces: draw.chance(0.1) ? pieces : 0, end: fault }
  }
  const vault: Vault = {
    open: (fetchMs, failRate) => {
      if (healed || fetchMs === 0) return undefined
      stubbornTimers++
      return sleep(clock, fetchMs).then(() => {
        stubbornTimers--
        if (draw.chance(failRate)) throw new Error('the vault is shut')
      })
    },
  }
  const begin = (
    target: string,
    asks: ProviderCall['asks'],
    request: ChatRequest,
    options: CallOptions | undefined,
    pool: SeenPool | undefined,
  ): Begun => {
    const model = modelOf.get(target)
    if (model === undefined || options?.signal === undefined) throw new Error(`${target} was called amiss`)
    const plan = healed ? wellPlan : drawPlan(model, draw, clock.now())
    const most = request.maxTokens ?? 300
    const usage: Usage = {
      uncachedInputTokens: Math.max(1, estimateTokens(request) - 2),
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTextTokens: Math.min(most, plan.outputTokens),
      reasoningTokens: 0,
    }
    const number = calls.length + 1
    const { signal, key: asked, onKey } = options
    const caller = callerOf(request)
    const at = clock.now()
    const call: ProviderCall = { number, target, caller, asks, at, signal, plan, asked, onKey, usage, state: 'working' }
    calls.push(call)
    onCall(call, request, model)
    const begun: Begun = { call, model, told: undefined }
    if (pool === undefined) count(begun)
    return begun
  }
  const wait = async (call: ProviderCall, delayMs: number): Promise<void> => {
    if (!call.plan.stubborn) return sleep(clock, delayMs, call.signal)
    stubbornTimers++
    await sleep(clock, delayMs)
    stubbornTimers--
  }
  const end = async ({
    call,
    told: rateLimits,
  }: Begun): Promise<Omit<ChatResponse, 'text' | 'content'> & { readonly usage: Usage }> => {
    const { plan, target, usage } = call
    const [provider = '', model = ''] = target.split('/')
    if (plan.end === 'stall') await silence(plan.stubborn ? undefined : call.signal)
    if (plan.end === 'throw') throw new TypeError(`${target} is not a function`)
    if (typeof plan.end === 'object') throw new ProviderError(`${target} failed`, { provider, model, ...plan.end })
    const unified = plan.end === 'empty' ? 'other' : 'stop'
    const finishReason = { unified, raw: unified } as const
    const told = rateLimits === undefined ? {} : { rateLimits }
    return { finishReason, usage, warnings: [], model, provider, requestId: String(call.number), ...told }
  }

  const chat = async (
    target: string,
    request: ChatRequest,
    options?: CallOptions,
    pool?: SeenPool,
  ): Promise<ChatResponse> => {
    const begun = begin(target, 'chat', request, options, pool)
    const { call } = begun
    try {
      if (pool !== undefined) await show(begun, pool)
      await wait(call, call.plan.delayMs)
      const ended = await end(begun)
      if (call.plan.end === 'malformed') return { text: 'half' } as ChatResponse
      if (call.plan.end === 'cut') throw new ProviderError('cut', { kind: 'truncated', provider: target })
      const text = call.plan.end === 'empty' ? '' : pieceText(call.number, 0)
      return { ...ended, text, content: text === '' ? [] : [{ type: 'text', text }] }
    } finally {
      call.state = 'ended'
    }
  }

  async function* stream(
    target: string,
    request: ChatRequest,
    options?: CallOptions,
    pool?: SeenPool,
  ): AsyncGenerator<StreamEvent> {
    const begun = begin(target, 'stream', request, options, pool)
    const { call } = begun
    const { number, usage } = call
    const goesOn = request.messages.at(-1)?.role === 'assistant'
    let finished = false
    try {
      if (pool !== undefined) await show(begun, pool)
      const { plan } = call
      await wait(call, plan.delayMs)
      if (plan.tellsEarly) yield { type: 'usage', usage: { ...usage, outputTextTokens: 1 } }
      const opaque = { issuer: target.slice(0, target.indexOf('/')), data: number }
      if (plan.thinks && plan.end !== 'empty') yield { type: 'reasoning-delta', text: 'hm', opaque }
      for (let piece = 0; piece < plan.pieces && plan.end !== 'empty'; piece++) {
        if (piece > 0) await wait(call, plan.pieceDelayMs)
        call.state = 'offering'
        if (piece === 1) yield { type: 'text-delta', text: '' }
        const lead = piece === 0 && goesOn && plan.spaces ? ' ' : ''
        yield { type: 'text-delta', text: lead + pieceText(number, piece) }
        call.state = 'working'
      }
      if (plan.end !== 'cut' && plan.end !== 'malformed') {
        const finish = await end(begun)
        finished = true
        yield { type: 'finish', ...finish }
      }
      finished = true
    } catch (error) {
      finished = true
      throw error
    } finally {
      call.state = finished ? 'ended' : 'left'
    }
  }

  const embed = async (
    target: string,
    request: EmbeddingsRequest,
    options?: CallOptions,
    pool?: SeenPool,
  ): Promise<EmbeddingsResponse> => {
    const messages = request.inputs.map((content) => ({ role: 'user', content }) as const)
    const begun = begin(target, 'embed', { model: request.model, messages }, options, pool)
    const { call } = begun
    try {
      if (pool !== undefined) await show(begun, pool)
      await wait(call, call.plan.delayMs)
      const { model, provider, usage } = await end(begun)
      if (call.plan.end !== 'finish') return { model, provider, embeddings: [] }
      return { model, provider, usage, embeddings: request.inputs.map(() => [call.number]) }
    } finally {
      call.state = 'ended'
    }
  }

  const ids = [...new Set(models.map(({ target }) => target.slice(0, target.indexOf('/'))))]
  const createProvider = (id: string, pool?: SeenPool): Provider => ({
    specificationVersion: 1,
    id,
    capabilities: (model) => {
      const known = modelOf.get(`${id}/${model}`)
      if (known === undefined) throw new Error(`${id} has no ${model}`)
      return known.capabilities
    },
    chat: (request, options) => chat(`${id}/${request.model}`, request, options, pool),
    stream: (request, options) => stream(`${id}/${request.model}`, request, options, pool),
    embeddings: { embed: (request, options) => embed(`${id}/${request.model}`, request, options, pool) },
  })
  const employ = (id: string, pool: SeenPool | undefined): Provider | ProviderPlugin => {
    if (pool === undefined) return createProvider(id)
    const own = models.filter(({ target }) => target.startsWith(`${id}/`))
    const patterns = own.map(({ target, capabilities }) => ({ match: target.slice(id.length + 1), capabilities }))
    const { capabilities } = own[0] as TargetModel
    return {
      specificationVersion: 1,
      manifest: { id, name: id, tier: 'production', credentials: [], capabilities, models: patterns },
      keys: pool,
      create: () => createProvider(id, pool),
    }
  }
  return {
    ids,
    employ,
    vault,
    calls,
    get stubbornTimers() {
      return stubbornTimers
    },
    heal: () => (healed = true),
  }
}

function silence(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason as Error)
    else signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
