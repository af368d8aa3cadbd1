import type { FailureKind } from '../errors/failure-kind.ts'
import { ProviderError } from '../errors/provider-error.ts'
import type { CallOptions } from '../provider/call-options.ts'
import type { Capabilities } from '../provider/capabilities.ts'
import type { Provider } from '../provider/provider.ts'
import type { ChatRequest } from '../provider/request.ts'
import type { ChatResponse, FinishReason } from '../provider/response.ts'
import type { StreamEvent } from '../provider/stream-event.ts'
import type { Usage } from '../provider/usage.ts'
import { sleep } from '../runtime/sleep.ts'
import { systemClock } from '../runtime/system-clock.ts'

/** How a scripted provider answers one call. */
export interface Reply {
  /** The answer, in the pieces a stream gives. @default ['ok'] */
  readonly text?: readonly string[]
  readonly finish?: FinishReason['unified']
  readonly usage?: Usage
  /** Wait before the answer, or its first piece, or its failure. @default 0 */
  readonly delayMs?: number
  /** Wait before each further piece of a stream. @default 0 */
  readonly pieceDelayMs?: number
  /** Fails so, instead of answering; a stream does after the pieces in `text`, if that is given. */
  readonly fail?: {
    readonly kind: FailureKind
    readonly status?: number
    readonly code?: string
    readonly retryAfterMs?: number
    readonly message?: string
  }
  /** After the pieces: never another word (`stall`), or an end without a finish event (`cut`). */
  readonly end?: 'stall' | 'cut'
  /** Yields these instead of the pieces, as they are. */
  readonly events?: readonly StreamEvent[]
}

/** A call that a scripted provider got. */
export interface ScriptedCall {
  /** 1 for the first. */
  readonly number: number
  readonly stream: boolean
  readonly request: ChatRequest
  /** On the call's clock. */
  readonly at: number
  /** Fingerprint of the key that it was to be made with, if one was named. */
  readonly key?: string
  /** Set once the caller aborted the call. */
  aborted: boolean
}

export interface ScriptedProviderOptions {
  readonly id: string
  readonly capabilities?: Partial<Capabilities> | ((model: string) => Partial<Capabilities>)
  /** One reply for all calls, one for each (the last repeats), or a function of the call. */
  readonly replies?: Reply | readonly Reply[] | ((call: ScriptedCall) => Reply)
}

/** A provider that answers by script and remembers what it was asked. */
export interface ScriptedProvider extends Provider {
  readonly calls: readonly ScriptedCall[]
}

const everything: Capabilities = {
  input: ['image', 'file'],
  tools: true,
  responseFormats: ['json', 'json-schema'],
  streaming: true,
  reasoning: true,
  promptCache: true,
  assistantPrefill: true,
  parameters: {
    temperature: { type: 'number' },
    topP: { type: 'number' },
    topK: { type: 'integer' },
    maxTokens: { type: 'integer' },
    stop: { type: 'strings' },
    seed: { type: 'integer' },
    presencePenalty: { type: 'number' },
    frequencyPenalty: { type: 'number' },
    reasoning: {
      type: 'reasoning',
      efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
      budgetTokens: {},
    },
    parallelToolCalls: { type: 'boolean' },
    user: { type: 'string' },
    metadata: { type: 'labels' },
  },
}

const noUsage: Usage = {
  uncachedInputTokens: 1,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTextTokens: 1,
  reasoningTokens: 0,
}

/** Makes a provider for tests; it can do everything unless told otherwise. */
export function createScriptedProvider(options: ScriptedProviderOptions): ScriptedProvider {
  const { id, replies = {} } = options
  const calls: ScriptedCall[] = []

  const begin = (request: ChatRequest, stream: boolean, { clock, signal, key }: CallOptions): [ScriptedCall, Reply] => {
    const at = (clock ?? systemClock).now()
    const named = key === undefined ? {} : { key }
    const call: ScriptedCall = { number: calls.length + 1, stream, request, at, ...named, aborted: false }
    calls.push(call)
    signal?.addEventListener('abort', () => (call.aborted = true), { once: true })
    if (typeof replies === 'function') return [call, replies(call)]
    return [call, ('length' in replies ? replies[Math.min(calls.length, replies.length) - 1] : replies) ?? {}]
  }
  const fail = (model: string, { kind, message, code, ...rest }: NonNullable<Reply['fail']>): ProviderError =>
    new ProviderError(message ?? `${id} failed: ${kind}`, {
      kind,
      provider: id,
      model,
      ...rest,
      ...(code === undefined ? {} : { providerCode: code }),
    })
  const end = (model: string, { finish = 'stop', usage = noUsage }: Reply): Omit<ChatResponse, 'text' | 'content'> => ({
    finishReason: { unified: finish, raw: finish },
    usage,
    warnings: [],
    model,
    provider: id,
  })

  return {
    specificationVersion: 1,
    id,
    calls,
    capabilities(model) {
      const { capabilities } = options
      return { ...everything, ...(typeof capabilities === 'function' ? capabilities(model) : capabilities) }
    },
    async chat(request, callOptions = {}) {
      const { clock = systemClock, signal } = callOptions
      const [, reply] = begin(request, false, callOptions)
      if (reply.delayMs) await sleep(clock, reply.delayMs, signal)
      if (reply.fail) throw fail(request.model, reply.fail)
      if (reply.end === 'stall') await forever(signal)
      if (reply.end === 'cut') throw fail(request.model, { kind: 'truncated' })
      const text = (reply.text ?? ['ok']).join('')
      return { ...end(request.model, reply), text, content: text === '' ? [] : [{ type: 'text', text }] }
    },
    async *stream(request, callOptions = {}) {
      const { clock = systemClock, signal } = callOptions
      const [, reply] = begin(request, true, callOptions)
      if (reply.delayMs) await sleep(clock, reply.delayMs, signal)
      const pieces = reply.text ?? (reply.fail ? [] : ['ok'])
      const events = reply.events ?? pieces.map((text): StreamEvent => ({ type: 'text-delta', text }))
      for (const [index, event] of events.entries()) {
        if (index > 0 && reply.pieceDelayMs) await sleep(clock, reply.pieceDelayMs, signal)
        yield event
      }
      if (reply.fail) throw fail(request.model, reply.fail)
      if (reply.end === 'stall') await forever(signal)
      if (reply.end !== 'cut' && reply.events === undefined) yield { type: 'finish', ...end(request.model, reply) }
    },
  }
}

/** Waits until the signal aborts, and rejects with its reason. */
function forever(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
