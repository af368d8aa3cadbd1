import type {
  ApiKey,
  CallOptions,
  ChatRequest,
  ChatResponse,
  FailureKind,
  Provider,
  ProviderContext,
  ProviderPlugin,
  StreamEvent,
} from '@llmfb/core/provider'
import {
  capabilitiesOf,
  createKeyPool,
  createKeyRedactor,
  createRedactor,
  InvalidConfigError,
  estimatingTokens,
  isLlmfbError,
  kindOfStatus,
  parseRateLimits,
  parseRetryAfter,
  pooledKeys,
  ProviderError,
  toSafeCause,
} from '@llmfb/core/provider'
import {
  obedientFetch,
  parseBaseUrl,
  readServerSentEvents,
  readText,
  releaseBody,
  untilAborted,
} from '@llmfb/transport'
import { type Envelope, fieldsOf, listOf, textOf, toContent, toFinishReason, toUsage } from './from-acme-answer.ts'
import { manifest } from './manifest.ts'
import { toAcmeRequest } from './to-acme-request.ts'

export interface AcmeOptions {
  readonly baseURL: string
  readonly apiKey: ApiKey
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  readonly fetch?: typeof globalThis.fetch
}

const kinds: Readonly<Record<string, FailureKind>> = {
  rate_limit_exceeded: 'rate-limit',
  insufficient_quota: 'quota',
  context_length_exceeded: 'context-length',
  content_filter: 'content-filter',
  content_policy_violation: 'content-filter',
}

/** A third party's provider, in the fewest lines that keep the contract. */
export function acme(options: AcmeOptions): ProviderPlugin {
  const keys = pooledKeys(options.apiKey)
  return {
    specificationVersion: 1,
    manifest,
    configured: ['apiKey', 'baseURL'],
    ...(keys && { keys }),
    create: (context) => createAcmeProvider({ ...options, ...(keys && { apiKey: keys }) }, context),
  }
}

function createAcmeProvider(options: AcmeOptions, context: ProviderContext): Provider {
  const { baseURL, headers = {}, timeoutMs = 600_000 } = options
  const { id: provider, clock } = context
  const address = parseBaseUrl(baseURL)
  if (!address) throw new InvalidConfigError([{ path: 'acme.baseURL', problem: 'must be an http(s) URL' }])
  const { url, authorization: basic } = address
  const keys = createKeyPool(options.apiKey)
  const others = [...address.secrets, ...Object.values(headers)]
  const redactKeys = createKeyRedactor(keys, (known) => createRedactor([...known, ...others]))

  /** One call: its answer, and how its failures are told. */
  async function ask(request: ChatRequest, stream: boolean, call: CallOptions) {
    const { signal } = call
    signal?.throwIfAborted()
    const { model } = request
    const { body, warnings } = toAcmeRequest(request, capabilitiesOf(manifest, model), provider)
    let redact = redactKeys()
    let answer: Response | undefined
    const fail = (kind: FailureKind, message: string, error?: unknown, providerCode?: string): ProviderError => {
      const told = answer?.headers
      const requestId = told?.get('x-request-id')
      const retryAfterMs = told && parseRetryAfter((name) => told.get(name), clock.wallTime())
      return new ProviderError(redact(`Acme: ${message}`).slice(0, 500), {
        kind,
        provider,
        model,
        ...(answer && { status: answer.status }),
        ...(providerCode && { providerCode: redact(providerCode) }),
        ...(requestId && { requestId: redact(requestId) }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        ...(error !== undefined && { cause: toSafeCause(error, redact) }),
      })
    }
    const tell = (value: unknown): ProviderError => {
      const error = fieldsOf(fieldsOf(value)['error'])
      const code = textOf(error['code']) || textOf(error['type'])
      const status = answer?.status ?? 0
      const kind = (Object.hasOwn(kinds, code) && kinds[code]) || (status >= 400 ? kindOfStatus(status) : 'server')
      return fail(kind, `${status} ${code} ${textOf(error['message'])}`, undefined, code)
    }

    const readKey = async (): Promise<string> => (await keys.read(call)) ?? ''
    const key = await untilAborted(readKey(), signal).catch((error: unknown) => {
      throw signal?.aborted === true ? signal.reason : fail('unknown', 'there is no key', error)
    })
    redact = redactKeys(key)
    if (!/^[!-~]+$/.test(key)) throw fail('authentication', 'the key is none')
    const late = new AbortController()
    const timer = clock.schedule(timeoutMs, () => late.abort())
    const ending = AbortSignal.any([late.signal, ...(signal ? [signal] : [])])
    try {
      answer = await obedientFetch(options.fetch ?? fetch)(`${url}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: basic ?? `Bearer ${key}`, ...headers },
        body: JSON.stringify({ ...body, ...(stream && { stream }) }),
        signal: ending,
      })
      if (!answer.ok) throw tell(parse(await readText(answer, ending).catch(() => '')))
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      if (isLlmfbError(error)) throw error
      throw late.signal.aborted ? fail('timeout', 'no answer in time') : fail('network', 'nobody answers', error)
    } finally {
      timer.cancel()
    }
    const { headers: told } = answer
    const requestId = told.get('x-request-id')
    const rateLimits = parseRateLimits((name) => told.get(name), clock.wallTime())
    const envelope = {
      warnings,
      provider,
      ...(requestId && { requestId }),
      ...(rateLimits.length > 0 && { rateLimits }),
    }
    const readWhole = async (response: Response): Promise<string> =>
      readText(response, signal).catch((error: unknown) => {
        throw signal?.aborted === true ? signal.reason : fail('truncated', 'the answer broke off', error)
      })
    return { answer, envelope, fail, tell, readWhole, model }
  }

  async function chat(request: ChatRequest, options: CallOptions = {}): Promise<ChatResponse> {
    const { answer, envelope, fail, tell, readWhole } = await ask(request, false, options)
    const body = fieldsOf(parse(await readWhole(answer)))
    if (body['error'] !== undefined && body['error'] !== null) throw tell(body)
    const [choice] = listOf(body['choices'])
    const content = choice && toContent(fieldsOf(choice['message']))
    const reason = textOf(choice?.['finish_reason'])
    if (!content || reason === '') throw fail('malformed', 'the answer is none')
    return {
      text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
      content,
      ...finishOf(reason, textOf(body['model']), body['usage'], envelope),
    }
  }

  async function* stream(
    request: ChatRequest,
    options: CallOptions = {},
  ): AsyncGenerator<StreamEvent, void, undefined> {
    const { signal } = options
    const { answer, envelope, fail, tell, readWhole } = await ask(request, true, options)
    if (answer.headers.get('content-type')?.includes('json')) throw tell(parse(await readWhole(answer)))
    if (!answer.body) throw fail('empty', 'there is no stream')
    const events = readServerSentEvents(answer.body)
    const calls = new Map<unknown, { id: string; name: string; arguments: string }>()
    let [model, reason, usage, isDone]: [string, string, unknown, boolean] = ['', '', undefined, false]
    try {
      for (;;) {
        const next = await untilAborted(events.next(), signal)
        signal?.throwIfAborted()
        if (next.done === true) break
        if (next.value.data === '[DONE]') {
          isDone = true
          break
        }
        const chunk = parse(next.value.data)
        if (typeof chunk !== 'object' || chunk === null) throw fail('malformed', 'an event is none')
        const { error, choices, usage: counts, model: served } = chunk as Readonly<Record<string, unknown>>
        if (error !== undefined && error !== null) throw tell(chunk)
        model ||= textOf(served)
        usage = counts ?? usage
        for (const choice of listOf(choices)) {
          const delta = fieldsOf(choice['delta'])
          const thought = textOf(delta['reasoning_content'])
          const text = textOf(delta['content'])
          if (thought !== '') yield { type: 'reasoning-delta', text: thought }
          if (text !== '') yield { type: 'text-delta', text }
          for (const piece of listOf(delta['tool_calls'])) {
            const { name, arguments: args } = fieldsOf(piece['function'])
            const known = calls.get(piece['index'])
            const call = known ?? { id: textOf(piece['id']), name: textOf(name), arguments: '' }
            if (call.name === '') throw fail('malformed', 'a tool call has no name')
            calls.set(piece['index'], call)
            call.arguments += textOf(args)
            const event = { type: 'tool-call-delta', index: [...calls.keys()].indexOf(piece['index']) } as const
            if (!known) yield { ...event, id: call.id, name: call.name, arguments: textOf(args) }
            else if (textOf(args) !== '') yield { ...event, id: call.id, arguments: textOf(args) }
          }
          reason = textOf(choice['finish_reason']) || reason
        }
      }
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      throw isLlmfbError(error) ? error : fail('truncated', 'the stream broke off', error)
    } finally {
      if (isDone) releaseBody(events, clock)
      else void events.return(undefined) // what takes its time to close is not waited for
    }
    if (!isDone || reason === '') throw fail('truncated', 'the stream ended early')
    for (const [index, call] of [...calls.values()].entries()) yield { type: 'tool-call', index, ...call }
    yield { type: 'finish', ...finishOf(reason, model, usage, envelope) }
  }

  return {
    specificationVersion: 1,
    id: provider,
    capabilities: (model) => capabilitiesOf(manifest, model),
    chat,
    stream,
    tokens: estimatingTokens(),
  }
}

function finishOf(
  reason: string,
  model: string,
  usage: unknown,
  rest: Pick<Envelope, 'warnings' | 'provider'>,
): Envelope {
  return { finishReason: toFinishReason(reason), model, ...toUsage(usage), ...rest }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
