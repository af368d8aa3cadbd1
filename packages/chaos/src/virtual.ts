import { kindOfStatus, parseRetryAfter, ProviderError } from '@llmfb/core/provider'
import type {
  CallOptions,
  Capabilities,
  ChatRequest,
  ChatResponse,
  Provider,
  RateLimit,
  StreamEvent,
  Timer,
} from '@llmfb/core/provider'
import { createScriptedProvider } from '@llmfb/core/testing'
import { setImmediate } from 'node:timers/promises'
import type { Behaviour, CallSeen, Script } from './behaviour.ts'
import { plainPieces } from './behaviour.ts'
import type { Scene } from './play.ts'
import type { Service } from './stage.ts'
import type { SteppedClock } from './stepped-clock.ts'
import { createSteppedClock } from './stepped-clock.ts'

type Finish = Omit<ChatResponse, 'text' | 'content'>

/** Three services without a wire. */
export function createVirtualScene(): Promise<Scene> {
  const clock = createSteppedClock(() => setImmediate())
  const [one, two, three] = [createService('one', clock), createService('two', clock), createService('three', clock)]
  return Promise.resolve({
    clock,
    services: { one, two, three },
    providers: [one.provider, two.provider, three.provider],
    close: () => Promise.resolve(),
  })
}

function createService(id: string, clock: SteppedClock): Service & { readonly provider: Provider } {
  const capable = createScriptedProvider({ id })
  let script: Script = { type: 'answer' }
  let cut: 'refused' | 'silent' | undefined
  let arrived = 0
  let lost = 0
  let underWay = 0
  const breaks = new Set<() => void>()

  const fail = (kind: ProviderError['kind'], details: { status?: number; retryAfterMs?: number } = {}): ProviderError =>
    new ProviderError(`${id} failed: ${kind}`, { kind, provider: id, ...details })

  const pass = async (ms: number, gone: Promise<never>): Promise<void> => {
    let timer: Timer | undefined
    const passed = new Promise<void>((resolve) => (timer = clock.schedule(ms, resolve)))
    await Promise.race([passed, gone]).finally(() => timer?.cancel())
  }

  async function* steps(request: ChatRequest, streamed: boolean, signal?: AbortSignal): AsyncGenerator<StreamEvent> {
    if (cut === 'refused') {
      lost++
      throw fail('network')
    }
    // Rejects when the caller gives up, or the connection breaks.
    let onBreak = (): void => undefined
    const gone = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      onBreak = () => reject(fail('network'))
    })
    gone.catch(() => undefined)
    breaks.add(onBreak)
    let counted = false
    try {
      if (cut === 'silent') {
        lost++
        await gone
      }
      arrived++
      underWay++
      counted = true
      const call: CallSeen = { number: arrived, underWay, at: clock.now() }
      yield* behave(typeof script === 'function' ? script(call) : script, request, streamed, gone)
    } finally {
      breaks.delete(onBreak)
      if (counted) underWay--
    }
  }

  async function* behave(
    behaviour: Behaviour,
    { model }: ChatRequest,
    streamed: boolean,
    gone: Promise<never>,
  ): AsyncGenerator<StreamEvent> {
    const wait = (ms = 0): Promise<void> => (ms === 0 ? Promise.resolve() : pass(ms, gone))
    const end: Finish = { finishReason: { unified: 'stop', raw: 'stop' }, warnings: [], model, provider: id }
    switch (behaviour.type) {
      case 'answer': {
        await wait(behaviour.delayMs)
        for (const [index, text] of (behaviour.pieces ?? plainPieces).entries()) {
          if (index > 0 && streamed) await wait(behaviour.pieceMs)
          yield { type: 'text-delta', text }
        }
        const { rateLimit, model: served = model } = behaviour
        const rateLimits: readonly RateLimit[] = rateLimit ? [{ counts: 'requests', ...rateLimit }] : []
        yield { type: 'finish', ...end, model: served, rateLimits }
        return
      }
      case 'fail': {
        await wait(behaviour.delayMs)
        const retryAfterMs = parseRetryAfter(
          (name) => (name === 'retry-after' ? behaviour.retryAfter : undefined),
          clock.wallTime(),
        )
        const { status } = behaviour
        throw fail(kindOfStatus(status), { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
      }
      case 'stall':
      case 'half-close':
      case 'reset':
        for (const text of behaviour.pieces ?? []) yield { type: 'text-delta', text }
        if (behaviour.type === 'stall') await gone
        if (behaviour.type === 'reset') throw fail('network')
        // Ends without an end, as no provider should.
        return
      case 'drip':
        for (;;) {
          await wait(behaviour.everyMs)
          if (streamed) yield { type: 'text-delta', text: '' }
        }
      case 'endless':
        for (;;) {
          yield { type: 'text-delta', text: 'more ' }
          await wait(behaviour.everyMs)
        }
      case 'shapeless':
        yield 'no event' as unknown as StreamEvent
        return
      case 'empty':
        yield { type: 'finish', ...end }
        return
      case 'twice':
        for (const text of behaviour.pieces) yield { type: 'text-delta', text }
        yield { type: 'finish', ...end }
        yield { type: 'finish', ...end }
    }
  }

  const provider: Provider = {
    specificationVersion: 1,
    id,
    capabilities: (model): Capabilities => capable.capabilities(model),
    async chat(request, { signal }: CallOptions = {}) {
      let text = ''
      for await (const event of steps(request, false, signal)) {
        if (typeof event === 'string') return {} as ChatResponse
        if (event.type === 'text-delta') text += event.text
        if (event.type === 'finish') {
          const { type: _, ...finish } = event
          return { ...finish, text, content: text === '' ? [] : [{ type: 'text', text }] }
        }
      }
      throw fail('truncated')
    },
    stream: (request, { signal }: CallOptions = {}) => steps(request, true, signal),
    // As in the scene with sockets, the third runs models of its own.
    ...(id === 'three' && { warmUp: { warmUp: () => Promise.resolve() } }),
  }

  return {
    provider,
    does: (given) => void (script = given),
    cutOff(how) {
      cut = how
      // A connection that is refused was reset before.
      if (how === 'refused') for (const end of breaks) end()
      return Promise.resolve()
    },
    reconnect() {
      cut = undefined
      return Promise.resolve()
    },
    get arrived() {
      return arrived
    },
    get lost() {
      return lost
    },
    get underWay() {
      return underWay
    },
  }
}
