import type { Message } from '../../src/provider/message.ts'
import type { ChatRequest } from '../../src/provider/request.ts'
import type { Configuration } from './configuration.ts'
import { namesIn } from './configuration.ts'
import type { Draw } from './draw.ts'

/** How one caller behaves. */
export interface CallerPlan {
  /** A route's name or a target. */
  readonly model: string
  readonly asks: 'chat' | 'stream' | 'embed'
  readonly hasSignal: boolean
  /** Aborts its signal after this; 0 before it asks, -1 never. */
  readonly abortAfterMs: number
  /** Leaves a stream between two reads, after this many. */
  readonly readsAtMost: number
  /** Leaves a stream at any moment, a waiting read included; 0 never. */
  readonly walkOutAfterMs: number
  /** Takes this long over each event. */
  readonly readEveryMs: number
  /** What it says besides its own name. */
  readonly words: string
  /** Asked for beside the messages. */
  readonly parameters: Pick<ChatRequest, 'user' | 'maxTokens' | 'temperature'>
  /** Its history holds reasoning that this provider signed. */
  readonly issuer: string | undefined
}

/** Waits for its whole answer, however long that takes. */
export const patient = {
  asks: 'chat',
  hasSignal: true,
  abortAfterMs: -1,
  readsAtMost: Number.POSITIVE_INFINITY,
  walkOutAfterMs: 0,
  readEveryMs: 0,
  words: '',
  parameters: {},
  issuer: undefined,
} as const

function drawBehaviour(base: CallerPlan, draw: Draw): CallerPlan {
  const dice = draw.random()
  if (dice < 0.6) return base
  if (dice < 0.7) return { ...base, hasSignal: false }
  if (dice < 0.85) return { ...base, abortAfterMs: draw.duration(600) }
  if (dice < 0.86) return { ...base, abortAfterMs: 0 }
  if (base.asks !== 'stream') return base
  if (dice < 0.91) return { ...base, readsAtMost: draw.integer(0, 4) }
  if (dice < 0.95) return { ...base, walkOutAfterMs: draw.duration(500) }
  const slow = { ...base, readEveryMs: draw.duration(800) }
  return draw.chance(0.3) ? { ...slow, abortAfterMs: draw.duration(1500) } : slow
}

export function drawCaller(configuration: Configuration, draw: Draw): CallerPlan {
  const targets = [...namesIn(configuration)].filter((name) => name.includes('/'))
  const model = draw.pick(draw.chance(0.05) ? targets : Object.keys(configuration.routes))
  const asks = draw.chance(0.5) ? 'stream' : draw.chance(0.1) ? 'embed' : 'chat'
  // Half of the requests are as plain as can be: those take a shorter way through the engine.
  if (draw.chance(0.5)) return drawBehaviour({ ...patient, model, asks }, draw)
  const parameters = {
    ...(draw.chance(0.5) ? { user: `user ${draw.integer(1, 50)}` } : {}),
    ...(draw.chance(0.5) ? { maxTokens: draw.integer(1, 400) } : {}),
    ...(draw.chance(0.1) ? { temperature: draw.pick([0.2, 1.5]) } : {}),
  }
  const words = ' word'.repeat(draw.pick([0, 10, 100, draw.chance(0.1) ? 4200 : 500]))
  const issuer = draw.chance(0.1) ? `p${draw.integer(1, 4)}` : undefined
  return drawBehaviour({ ...patient, model, asks, parameters, words, issuer }, draw)
}

/** A caller of a quiet day. */
export function drawSteadyCaller(configuration: Configuration, draw: Draw): CallerPlan {
  const user = `user ${draw.integer(1, 1_000_000)}`
  const asks = draw.chance(0.3) ? 'stream' : 'chat'
  return { ...patient, model: draw.pick(Object.keys(configuration.routes)), asks, parameters: { user } }
}

/** What the caller `id` asks. Its first word is its name, by which services know it. */
export function toRequest(id: string, { model, words, parameters, issuer }: CallerPlan): ChatRequest {
  const messages: Message[] = [{ role: 'user', content: `${id}${words}` }]
  if (issuer !== undefined) {
    const opaque = { issuer, data: 'signed' }
    messages.push({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm', opaque },
        { type: 'text', text: 'ah' },
      ],
    })
    messages.push({ role: 'user', content: 'go on' })
  }
  return { model, messages, ...parameters }
}
