import type { WireAnswer, WireServer } from '@llmfb/conformance'
import { startWireServer } from '@llmfb/conformance'
import { isProviderError } from '@llmfb/core/provider'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { collect, connect, createManualClock, rejectionOf } from './connect.ts'

const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'a private question' }] } as const
const key = 'my-own-secret-key-0815'

let server: WireServer
const printed = ['log', 'info', 'warn', 'error', 'debug'] as const

beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())
beforeEach(() => {
  for (const method of printed) vi.spyOn(console, method).mockImplementation(() => {})
})
afterEach(() => {
  const noisy = printed.filter((method) => vi.mocked(console[method]).mock.calls.length > 0)
  if (noisy.length > 0) throw new Error(`Something was printed with console.${noisy.join(', console.')}`)
  vi.restoreAllMocks()
})

/** What `chat` and `stream` reject with for an answer; both must give the same kind. */
async function failuresOf(answer: WireAnswer): Promise<unknown[]> {
  server.answer(answer)
  const provider = await connect({ baseURL: server.url, apiKey: key })
  return [await rejectionOf(provider.chat(request)), await rejectionOf(collect(provider.stream(request)))]
}

/** What the platform's fetch rejects with. */
function failedFetch(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

const json = { 'content-type': 'application/json; charset=utf-8' }

function told(status: number, error: unknown, headers: Record<string, string> = {}): WireAnswer {
  return { status, headers: { ...json, ...headers }, body: JSON.stringify({ error }) }
}

describe('errors by status', () => {
  test.for<[WireAnswer, Record<string, unknown>]>([
    [told(400, 'invalid options: temperature'), { kind: 'invalid-request' }],
    [told(400, 'registry.ollama.ai/library/gemma3:latest does not support tools'), { kind: 'invalid-request' }],
    [told(400, 'the input length exceeds the context length'), { kind: 'context-length' }],
    [told(500, 'input length exceeds maximum context length'), { kind: 'context-length' }],
    [
      told(400, { code: 400, message: 'too long', type: 'exceed_context_size_error' }),
      { kind: 'context-length', providerCode: 'exceed_context_size_error' },
    ],
    [told(401, 'unauthorized'), { kind: 'authentication' }],
    [told(402, 'payment required'), { kind: 'quota' }],
    [told(403, 'this model requires a subscription, upgrade for access'), { kind: 'permission' }],
    [
      told(404, "model 'llama3.2' not found"),
      { kind: 'model-not-found', message: expect.stringContaining('ollama pull llama3.2') },
    ],
    [
      { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' },
      { kind: 'model-not-found' },
    ],
    [told(429, 'too many concurrent requests', { 'retry-after': '7' }), { kind: 'rate-limit', retryAfterMs: 7000 }],
    [told(429, "you've reached your hourly usage limit, please upgrade to continue"), { kind: 'quota' }],
    [told(500, 'llama runner process has terminated: exit status 2'), { kind: 'server' }],
    [told(500, 'model requires more system memory (5.5 GiB) than is available (2.0 GiB)'), { kind: 'server' }],
    [{ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' }, { kind: 'server' }],
    [told(503, 'server busy, please try again.  maximum pending requests exceeded'), { kind: 'overloaded' }],
    [told(503, 'llm server loading model'), { kind: 'warming' }],
    [
      told(503, { code: 503, message: 'Please wait', type: 'unavailable_error' }, { 'retry-after': '2' }),
      { kind: 'warming', providerCode: 'unavailable_error', retryAfterMs: 2000 },
    ],
    [{ status: 504, body: '' }, { kind: 'timeout' }],
    [{ status: 599, headers: json, body: '{"error":' }, { kind: 'server' }],
    [{ status: 418, headers: json, body: '{"error":{}}' }, { kind: 'invalid-request' }],
  ])('%j', async ([answer, expected]) => {
    for (const error of await failuresOf(answer)) {
      expect(isProviderError(error)).toBe(true)
      expect(error).toMatchObject({ provider: 'ollama', model: 'llama3.2', status: answer.status, ...expected })
    }
  })

  test('what helps the support of the service is kept, and no key', async () => {
    const headers = { 'x-request-id': 'req-1', 'x-ratelimit-remaining': '0', 'set-cookie': 'a=b', 'x-echo': key }
    for (const error of await failuresOf(told(429, `slow down, ${key}`, headers))) {
      expect(error).toMatchObject({
        message: 'Ollama answered 429: slow down, [redacted]',
        requestId: 'req-1',
        headers: { 'x-request-id': 'req-1', 'x-ratelimit-remaining': '0' },
      })
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(key)
    }
  })

  test('an endless error ends', async () => {
    const body = 'x'.repeat(200_000)
    for (const error of await failuresOf({ status: 500, body, hold: true })) {
      expect(error).toMatchObject({ kind: 'server', status: 500 })
      expect((error as Error).message.length).toBeLessThan(600)
    }
  })

  test('an error that is cut keeps its status', async () => {
    const answer = { ...told(404, "model 'llama3.2' not found"), cutAt: 10, cut: 'destroy' as const }
    for (const error of await failuresOf(answer)) expect(error).toMatchObject({ kind: 'model-not-found', status: 404 })
  })
})

describe('a success that is none', () => {
  const message = { role: 'assistant', content: 'a' }
  test.for<[string, unknown, string]>([
    ['a page', '<html>\n<body>Welcome</body></html>\n', 'malformed'],
    ['a list', '[]', 'malformed'],
    ['null', 'null', 'malformed'],
    ['a text', '"Hello"', 'malformed'],
    ['broken JSON', '{"message":{"content":}}\n{"done":true}\n', 'malformed'],
    ['half an object', '{"message":{"content":"a', 'truncated'],
    ['not done', { message, done: false }, 'truncated'],
    ['no message', { done: true, done_reason: 'stop' }, 'empty'],
    ['an empty object that is done', { message: {}, done: true }, 'empty'],
    ['no words', { message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' }, 'empty'],
    ['a load', { message: { role: 'assistant', content: '' }, done: true, done_reason: 'load' }, 'empty'],
    ['a message that is none', { message: 'a', done: true }, 'malformed'],
    ['a content that is none', { message: { content: 1 }, done: true }, 'malformed'],
    ['calls that are none', { message: { tool_calls: 'a' }, done: true }, 'malformed'],
    ['a call without a name', { message: { tool_calls: [{ function: {} }] }, done: true }, 'malformed'],
    ['a call that is none', { message: { tool_calls: [null] }, done: true }, 'malformed'],
    ['an error', { error: 'an error was encountered while running the model: unexpected EOF' }, 'server'],
    [
      'an error that is an object',
      { error: { message: 'too long', type: 'exceed_context_size_error' } },
      'context-length',
    ],
    ['an error with a status', { error: { message: 'slow down', code: 429 } }, 'rate-limit'],
    ['an error that says nothing', { error: true }, 'server'],
  ])('%s', async ([, body, kind]) => {
    const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
    for (const error of await failuresOf({ headers: json, body: text })) expect(error).toMatchObject({ kind })
  })

  test('no body at all', async () => {
    const status = 204
    expect(await failuresOf({ status, body: '' })).toMatchObject([
      { kind: 'malformed', status },
      { kind: 'malformed', status },
    ])
  })

  test('nothing in the body', async () => {
    expect(await failuresOf({ headers: json, body: '' })).toMatchObject([{ kind: 'malformed' }, { kind: 'truncated' }])
  })

  test.for<[string, string, string]>([
    ['told', '{"error":"crashed"}\n', 'server'],
    ['malformed', '[]', 'malformed'],
    ['truncated', '{"message":{"content":"a', 'truncated'],
    ['empty', '{"done":true}\n', 'empty'],
  ])('%s: what the headers tell is kept', async ([, body, kind]) => {
    const headers = { ...json, 'x-request-id': 'req-1', 'retry-after': '3', 'set-cookie': 'a=b' }
    for (const error of await failuresOf({ headers, body })) {
      expect(error).toMatchObject({
        kind,
        status: 200,
        requestId: 'req-1',
        retryAfterMs: 3000,
        headers: { 'x-request-id': 'req-1', 'retry-after': '3' },
      })
      expect((error as { headers: object }).headers).not.toHaveProperty('set-cookie')
    }
  })

  test('the status that an error tells is worth more than that of the answer', async () => {
    for (const error of await failuresOf({ body: `${JSON.stringify({ error: { message: 'slow', code: 429 } })}\n` })) {
      expect(error).toMatchObject({ kind: 'rate-limit', status: 429 })
    }
  })

  test('a message that is used up without a word is an answer', async () => {
    server.answer({ body: JSON.stringify({ message: { content: '' }, done: true, done_reason: 'length' }) })
    const provider = await connect({ baseURL: server.url })
    expect(await provider.chat(request)).toMatchObject({ text: '', content: [], finishReason: { unified: 'length' } })
    expect(await collect(provider.stream(request))).toMatchObject([{ type: 'finish' }])
  })

  test('an error field that is null is none', async () => {
    server.answer({ body: `${JSON.stringify({ error: null, message: { content: 'a' }, done: true })}\n` })
    const provider = await connect({ baseURL: server.url })
    expect((await provider.chat(request)).text).toBe('a')
    expect(await collect(provider.stream(request))).toMatchObject([{ text: 'a' }, { type: 'finish' }])
  })

  test('what came before the failure of a stream is delivered', async () => {
    const lines = [{ message: { content: 'a' }, done: false }, { error: 'the model crashed' }]
    server.answer({ body: lines.map((line) => `${JSON.stringify(line)}\n`).join('') })
    const provider = await connect({ baseURL: server.url })
    const events: unknown[] = []
    const error = await rejectionOf(
      (async () => {
        for await (const event of provider.stream(request)) events.push(event)
      })(),
    )
    expect(events).toEqual([{ type: 'text-delta', text: 'a' }])
    expect(error).toMatchObject({ kind: 'server', message: 'Ollama failed while answering: the model crashed' })
  })

  test('an unread line in the middle of a stream is a failure, not a gap', async () => {
    const piece = `${JSON.stringify({ message: { content: 'a' }, done: false })}\n`
    server.answer({ body: `${piece}{"message":{"content":"b\n${piece}${JSON.stringify({ done: true })}\n` })
    const provider = await connect({ baseURL: server.url })
    expect(await rejectionOf(collect(provider.stream(request)))).toMatchObject({ kind: 'malformed' })
  })
})

test('what came before a failure is delivered to a slow reader too', async () => {
  const line = (content: string): string => `${JSON.stringify({ message: { content }, done: false })}\n`
  const chunks = [line('a'), `${line('b')}{"error":"crashed"}\n`]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(chunk))
    },
  })
  const provider = await connect({ fetch: () => Promise.resolve(new Response(body)) })
  const events = provider.stream(request)[Symbol.asyncIterator]()
  const texts = []
  for (let count = 0; count < 2; count++) {
    texts.push((await events.next()).value)
    await new Promise(setImmediate)
  }
  expect(texts).toMatchObject([{ text: 'a' }, { text: 'b' }])
  expect(await rejectionOf(events.next())).toMatchObject({ kind: 'server' })
})

describe('no answer', () => {
  test('nobody listens', async () => {
    const gone = await startWireServer()
    await gone.close()
    const provider = await connect({ baseURL: gone.url, apiKey: key })
    for (const call of [() => provider.chat(request), () => collect(provider.stream(request))]) {
      const error = await rejectionOf(call())
      expect(error).toMatchObject({ kind: 'network', message: expect.stringContaining('ECONNREFUSED') })
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(key)
    }
  })

  test('a connection that breaks before the headers', async () => {
    const provider = await connect({
      baseURL: 'gpu-box',
      fetch: () => Promise.reject(failedFetch('ECONNRESET')),
    })
    expect(await rejectionOf(provider.chat(request))).toMatchObject({
      kind: 'network',
      message: 'Ollama at http://gpu-box:11434 did not answer (ECONNRESET)',
    })
  })

  test('a fetch whose error shows what it sent', async () => {
    const fetch = (_url: unknown, init?: RequestInit): Promise<Response> =>
      Promise.reject(Object.assign(new Error(`could not send ${key}`), { request: init }))
    const provider = await connect({ fetch, apiKey: key })
    const error = await rejectionOf(provider.chat(request))
    const shown = inspect(error, { depth: 9, showHidden: true })
    expect(error).toMatchObject({ kind: 'network', cause: { message: 'could not send [redacted]' } })
    expect(shown).not.toContain(key)
    expect(shown).not.toContain('a private question')
  })

  test.for([
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'network'],
  ] as const)('%s is %s', async ([code, kind]) => {
    const fetch = () => Promise.reject(failedFetch(code))
    expect(await rejectionOf((await connect({ fetch })).chat(request))).toMatchObject({ kind })
  })

  test('a body that does not go on in time', async () => {
    const cause = Object.assign(new Error('Body Timeout Error'), { code: 'UND_ERR_BODY_TIMEOUT' })
    const fetch = (): Promise<Response> =>
      Promise.resolve(
        new Response(new ReadableStream({ pull: () => Promise.reject(new TypeError('terminated', { cause })) })),
      )
    const provider = await connect({ fetch })
    for (const call of [() => provider.chat(request), () => collect(provider.stream(request))]) {
      expect(await rejectionOf(call())).toMatchObject({ kind: 'timeout', status: 200 })
    }
  })

  test('a body that breaks', async () => {
    const body = JSON.stringify({ message: { content: 'abc' }, done: true })
    for (const error of await failuresOf({ body, cutAt: 20, cut: 'destroy' })) {
      expect(error).toMatchObject({ kind: 'truncated' })
    }
  })

  test('no headers in time', async () => {
    const clock = createManualClock()
    let signal: AbortSignal | null | undefined
    const fetch = (_url: unknown, init?: RequestInit): Promise<Response> => {
      signal = init?.signal
      return new Promise(() => {})
    }
    const provider = await connect({ fetch, timeoutMs: 1234 })
    const failed = rejectionOf(provider.chat(request, { clock }))
    await vi.waitFor(() => expect(signal).toBeDefined())
    expect(clock.fire()).toEqual([1234])
    expect(await failed).toMatchObject({ kind: 'timeout', message: expect.stringContaining('1234 ms') })
    expect(signal?.aborted).toBe(true)
  })

  test('the time limit ends with the headers', async () => {
    const clock = createManualClock()
    server.answer({ body: `${JSON.stringify({ message: { content: 'a' }, done: false })}\n`, hold: true })
    const provider = await connect({ baseURL: server.url })
    const events = provider.stream(request, { clock })[Symbol.asyncIterator]()
    expect((await events.next()).value).toEqual({ type: 'text-delta', text: 'a' })
    expect(clock.timers).toBe(0)
    await events.return?.()
  })

  test('a key that cannot be fetched', async () => {
    const provider = await connect({ apiKey: () => Promise.reject(new Error('vault is sealed')) })
    expect(await rejectionOf(provider.chat(request))).toMatchObject({
      kind: 'unknown',
      cause: { message: 'vault is sealed' },
    })
  })
})

describe('secrets', () => {
  test.for([`Bearer ${key}`, `basic ${key}`, key])('a header of the caller: %s', async (authorization) => {
    server.answer(told(400, `I know ${key} not`))
    const provider = await connect({ baseURL: server.url, headers: { Authorization: authorization } })
    expect(await rejectionOf(provider.chat(request))).toMatchObject({
      message: 'Ollama answered 400: I know [redacted] not',
    })
  })

  test.for([`${key}\nX-Evil: 1`, `${key}…`])('a key that no header can hold: %j', async (broken) => {
    const before = server.requests.length
    for (const apiKey of [broken, () => broken]) {
      const provider = await connect({ baseURL: server.url, apiKey })
      for (const call of [() => provider.chat(request), () => collect(provider.stream(request))]) {
        const error = await rejectionOf(call())
        expect(isProviderError(error)).toBe(true)
        expect(error).toMatchObject({ kind: 'authentication', provider: 'ollama', model: 'llama3.2' })
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(key)
      }
    }
    expect(server.requests.length).toBe(before)
  })

  test('a header that HTTP does not allow', async () => {
    const error = await rejectionOf(connect({ headers: { Authorization: `Bearer ${key}\nX-Evil: 1` } }))
    expect(error).toMatchObject({ code: 'invalid-config' })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(key)
  })
})

test('neither plugin nor provider shows a key', async () => {
  const { ollama } = await import('../src/index.ts')
  const provider = await connect({ apiKey: key, baseURL: `http://ann:${key}@gpu-box` })
  for (const shown of [provider, ollama({ apiKey: key })]) {
    expect(inspect(shown, { depth: 9, showHidden: true })).not.toContain(key)
    expect(JSON.stringify(shown)).not.toContain(key)
  }
})
