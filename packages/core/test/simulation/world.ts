import { ProviderError } from '../../src/errors/provider-error.ts'
import type { CallOptions } from '../../src/provider/call-options.ts'
import type { Capabilities } from '../../src/provider/capabilities.ts'
import type { Provider } from '../../src/provider/provider.ts'
import type { ChatRequest } from '../../src/provider/request.ts'
import type { ChatResponse } from '../../src/provider/response.ts'
import type { StreamEvent } from '../../src/provider/stream-event.ts'
import { sleep } from '../../src/runtime/sleep.ts'
import type { FakeClock } from '../../src/testing/fake-clock.ts'
import type { Plan, TargetModel } from './behaviour.ts'
import { drawPlan } from './behaviour.ts'
import type { Draw } from './draw.ts'

/** A call as the service saw it. */
export interface ProviderCall {
  readonly number: number
  readonly target: string
  /** Id of the caller whose request it served. */
  readonly caller: string
  readonly at: number
  readonly signal: AbortSignal
  readonly plan: Plan
  /** `offering` while a stream waits for its reader to ask for more; `left` when it was closed before its end. */
  state: 'working' | 'offering' | 'ended' | 'left'
  /** When it went into that state. */
  since: number
}

/** The services, all of them, behind the providers of a router. */
export interface World {
  readonly providers: readonly Provider[]
  readonly calls: readonly ProviderCall[]
  /** Timers that belong to services which do not heed their signals. */
  readonly stubbornTimers: number
  /** From now on, every call is answered at once. */
  heal(): void
}

const healthy: Plan = { delayMs: 1, pieces: 2, pieceDelayMs: 1, end: 'finish', stubborn: false }

const capabilities: Capabilities = {
  input: [],
  tools: false,
  responseFormats: [],
  streaming: true,
  reasoning: true,
  promptCache: false,
  assistantPrefill: false,
  parameters: { user: { type: 'string' } },
  contextWindow: 8192,
}

/** The text of a piece tells which call it is from. */
export function pieceText(call: number, piece: number): string {
  return `${call}.${piece} `
}

export function createWorld(clock: FakeClock, draw: Draw, models: readonly TargetModel[]): World {
  const calls: ProviderCall[] = []
  let stubbornTimers = 0
  let healed = false

  const begin = (target: string, request: ChatRequest, options: CallOptions | undefined): ProviderCall => {
    const model = models.find((one) => one.target === target)
    if (model === undefined || options?.signal === undefined) throw new Error(`${target} was called amiss`)
    const at = clock.now()
    const plan = healed ? healthy : drawPlan(model, draw, at)
    const caller = request.user ?? 'nobody'
    const { signal } = options
    const number = calls.length + 1
    const call: ProviderCall = { number, target, caller, at, signal, plan, state: 'working', since: at }
    calls.push(call)
    return call
  }
  const enter = (call: ProviderCall, state: ProviderCall['state']): void => {
    call.state = state
    call.since = clock.now()
  }
  const wait = async (call: ProviderCall, delayMs: number): Promise<void> => {
    if (!call.plan.stubborn) return sleep(clock, delayMs, call.signal)
    stubbornTimers++
    await sleep(clock, delayMs)
    stubbornTimers--
  }
  const end = async (call: ProviderCall): Promise<Omit<ChatResponse, 'text' | 'content'>> => {
    const { plan, target } = call
    const [provider = '', model = ''] = target.split('/')
    if (plan.end === 'stall') await silence(plan.stubborn ? undefined : call.signal)
    if (plan.end === 'throw') throw new TypeError(`${target} is not a function`)
    if (typeof plan.end === 'object') throw new ProviderError(`${target} failed`, { provider, model, ...plan.end })
    const unified = plan.end === 'empty' ? 'other' : 'stop'
    return { finishReason: { unified, raw: unified }, warnings: [], model, provider, requestId: String(call.number) }
  }

  const chat = async (target: string, request: ChatRequest, options?: CallOptions): Promise<ChatResponse> => {
    const call = begin(target, request, options)
    try {
      await wait(call, call.plan.delayMs)
      const ended = await end(call)
      if (call.plan.end === 'malformed') return { text: 'half' } as ChatResponse
      if (call.plan.end === 'cut') throw new ProviderError('cut', { kind: 'truncated', provider: target })
      const text = call.plan.end === 'empty' ? '' : pieceText(call.number, 0)
      return { ...ended, text, content: text === '' ? [] : [{ type: 'text', text }] }
    } finally {
      enter(call, 'ended')
    }
  }

  async function* stream(target: string, request: ChatRequest, options?: CallOptions): AsyncGenerator<StreamEvent> {
    const call = begin(target, request, options)
    const { plan, number } = call
    let finished = false
    try {
      await wait(call, plan.delayMs)
      for (let piece = 0; piece < plan.pieces && plan.end !== 'empty'; piece++) {
        if (piece > 0) await wait(call, plan.pieceDelayMs)
        enter(call, 'offering')
        if (piece === 1) yield { type: 'text-delta', text: '' }
        yield { type: 'text-delta', text: pieceText(number, piece) }
        enter(call, 'working')
      }
      if (plan.end !== 'cut' && plan.end !== 'malformed') {
        const finish = await end(call)
        finished = true
        yield { type: 'finish', ...finish }
      }
      finished = true
    } catch (error) {
      finished = true
      throw error
    } finally {
      enter(call, finished ? 'ended' : 'left')
    }
  }

  const ids = [...new Set(models.map(({ target }) => target.slice(0, target.indexOf('/'))))]
  const providers = ids.map((id): Provider => ({
    specificationVersion: 1,
    id,
    capabilities: () => capabilities,
    chat: (request, options) => chat(`${id}/${request.model}`, request, options),
    stream: (request, options) => stream(`${id}/${request.model}`, request, options),
  }))
  return {
    providers,
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
