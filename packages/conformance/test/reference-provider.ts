import {
  type AssistantPart,
  type Capabilities,
  type ChatRequest,
  type ChatResponse,
  type FailureKind,
  kindOfStatus,
  type Provider,
  ProviderError,
  type StreamEvent,
  type Usage,
} from '@llmfb/core/provider'
import { readServerSentEvents } from '@llmfb/transport'

/** What a provider may get wrong; the suite has to notice each. */
export interface Flaws {
  readonly takesCutForEnd?: boolean
  /** No flaw: it just does not wait for what follows the finish reason. */
  readonly endsAtFinishReason?: boolean
  readonly retries?: boolean
  readonly decodesEachChunk?: boolean
  readonly forgetsUsage?: boolean
  readonly throwsPlainErrors?: boolean
  readonly guessesKind?: FailureKind
}

interface Answer {
  readonly model: string
  readonly choices: readonly Choice[]
  readonly usage?: Counts | null
}
interface Choice {
  readonly message?: Message
  readonly delta?: Message
  readonly finish_reason?: string | null
}
interface Message {
  readonly content?: string | null
  readonly refusal?: string | null
  readonly tool_calls?: readonly { readonly index?: number; readonly id?: string; readonly function?: Called }[] | null
  readonly function_call?: Called | null
}
interface Called {
  readonly name?: string
  readonly arguments?: string
}
export interface Counts {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null
}

const capabilities: Capabilities = {
  input: [],
  tools: true,
  responseFormats: [],
  streaming: true,
  reasoning: false,
  promptCache: false,
  assistantPrefill: false,
  parameters: {},
}

export function toUsage(counts: Counts): Usage {
  const cached = counts.prompt_tokens_details?.cached_tokens ?? 0
  const reasoning = counts.completion_tokens_details?.reasoning_tokens ?? 0
  return {
    uncachedInputTokens: counts.prompt_tokens - cached,
    cacheReadTokens: cached,
    cacheWriteTokens: 0,
    outputTextTokens: counts.completion_tokens - reasoning,
    reasoningTokens: reasoning,
  }
}

/** A provider of Chat Completions in the fewest lines, against which the suite itself is tested. */
export function createReferenceProvider(baseUrl: string, flaws: Flaws = {}): Provider {
  const id = 'reference'
  const failure = (kind: FailureKind, message: string, status?: number): Error =>
    flaws.throwsPlainErrors
      ? new Error(message)
      : new ProviderError(message, { kind, provider: id, ...(status !== undefined && { status }) })

  async function ask(request: ChatRequest, stream: boolean): Promise<Response> {
    const body = JSON.stringify({ model: request.model, messages: request.messages, stream })
    const send = () => fetch(`${baseUrl}/chat/completions`, { method: 'POST', body })
    let response = await send()
    if (flaws.retries) response = await send()
    if (response.ok) return response
    await response.text()
    throw failure(flaws.guessesKind ?? kindOfStatus(response.status), `status ${response.status}`, response.status)
  }

  function toFinish(
    raw: string,
    model: string,
    counts: Counts | null | undefined,
  ): Omit<ChatResponse, 'text' | 'content'> {
    const usage = counts && !flaws.forgetsUsage ? { usage: toUsage(counts) } : undefined
    return { finishReason: { unified: 'other', raw }, ...usage, warnings: [], model, provider: id }
  }

  async function* readStream(request: ChatRequest): AsyncGenerator<StreamEvent, void, undefined> {
    const body = (await ask(request, true)).body
    if (!body) throw failure('empty', 'no body')
    const calls = new Map<number, { id: string; name: string; arguments: string }>()
    let finish: string | undefined
    let model = ''
    let counts: Counts | null | undefined
    let done = false
    for await (const { data } of readServerSentEvents(flaws.decodesEachChunk ? mangle(body) : body)) {
      if (data === '[DONE]') {
        done = true
        break
      }
      const chunk = JSON.parse(data) as Answer
      model = chunk.model
      counts = chunk.usage ?? counts
      for (const { delta, finish_reason } of chunk.choices) {
        const text = delta?.content ?? delta?.refusal
        if (text) yield { type: 'text-delta', text }
        for (const { index = 0, id: callId, function: called } of delta?.tool_calls ?? []) {
          const call = calls.get(index) ?? { id: callId ?? '', name: called?.name ?? '', arguments: '' }
          calls.set(index, call)
          const name = call.arguments === '' ? { name: call.name } : undefined
          const piece = called?.arguments ?? ''
          call.arguments += piece
          if (name || piece !== '') yield { type: 'tool-call-delta', index, id: call.id, arguments: piece, ...name }
        }
        finish = finish_reason ?? finish
      }
      if (flaws.endsAtFinishReason && finish !== undefined) done = true
    }
    if (!done && !flaws.takesCutForEnd) throw failure('truncated', 'the stream ended without [DONE]')
    for (const [index, call] of calls) yield { type: 'tool-call', index, ...call }
    yield { type: 'finish', ...toFinish(finish ?? '', model, counts) }
  }

  return {
    specificationVersion: 1,
    id,
    capabilities: () => capabilities,
    async chat(request) {
      const text = await (await ask(request, false)).text().catch(() => '')
      const { model, choices, usage } = parse(text, () => failure('truncated', 'no JSON'))
      const message = choices[0]?.message
      const words = message?.content ?? message?.refusal ?? ''
      const called = message?.function_call ? [{ id: '', function: message.function_call }] : []
      const content: AssistantPart[] = words === '' ? [] : [{ type: 'text', text: words }]
      for (const { id: callId = '', function: call } of [...(message?.tool_calls ?? []), ...called]) {
        content.push({ type: 'tool-call', id: callId, name: call?.name ?? '', arguments: call?.arguments ?? '' })
      }
      return { ...toFinish(choices[0]?.finish_reason ?? '', model, usage), text: words, content }
    },
    async *stream(request) {
      try {
        yield* readStream(request)
      } catch (error) {
        if (error instanceof ProviderError || flaws.throwsPlainErrors) throw error
        throw failure('truncated', String(error))
      }
    },
  }
}

function parse(text: string, toFailure: () => Error): Answer {
  try {
    return JSON.parse(text) as Answer
  } catch {
    throw toFailure()
  }
}

/** Decodes chunk by chunk, which breaks characters that are split between two. */
function mangle(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(new TextEncoder().encode(new TextDecoder().decode(chunk)))
      },
    }),
  )
}
