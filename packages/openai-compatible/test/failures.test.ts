import { startWireServer, type WireAnswer, type WireServer } from '@llmfb/conformance'
import {
  type ChatRequest,
  type FailureKind,
  isProviderError,
  type ProviderError,
  type StreamEvent,
} from '@llmfb/core/provider'
import { createSeededRandom } from '@llmfb/core/testing'
import type { OpenAICompatibleOptions } from '@llmfb/openai-compatible'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { chunk, completion, eventStream, json, sse } from './bodies.ts'
import { connect, testKey } from './connect.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

async function drain(events: AsyncIterable<StreamEvent>): Promise<void> {
  for await (const event of events) if (event.type === 'finish') throw new Error('the stream did not fail')
}

const typesOf: Readonly<Record<string, string>> = {
  text: 'string',
  id: 'string',
  name: 'string',
  arguments: 'string',
  raw: 'string',
  model: 'string',
  requestId: 'string',
  index: 'number',
  uncachedInputTokens: 'number',
  cacheReadTokens: 'number',
  outputTextTokens: 'number',
  reasoningTokens: 'number',
}

/** Fails unless the fields that the contract names have the types it names. */
function expectTyped(value: object): void {
  for (const [name, field] of Object.entries(value)) {
    if (name in typesOf) expect(typeof field, name).toBe(typesOf[name])
    else if (typeof field === 'object' && field !== null) expectTyped(field)
  }
}

async function collect(events: AsyncIterable<StreamEvent>): Promise<void> {
  for await (const event of events) expectTyped(event)
}

/** How a call fails, streamed or not. */
async function failure(
  answer: WireAnswer,
  streamed: boolean,
  options: Partial<OpenAICompatibleOptions> = {},
): Promise<ProviderError> {
  server.answer(answer)
  const provider = connect({ baseURL: server.url, dialect: { name: 'Service' }, ...options })
  try {
    if (streamed) await drain(provider.stream(request))
    else await provider.chat(request)
  } catch (error) {
    if (isProviderError(error)) return error
    throw error
  }
  throw new Error('the call did not fail')
}

function errorAnswer(status: number, error: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { ...json, ...headers }, body: JSON.stringify({ error }) }
}

describe('an answer with an error status', () => {
  const cases: readonly (readonly [number, unknown, FailureKind])[] = [
    [400, { code: 'invalid_value', type: 'invalid_request_error' }, 'invalid-request'],
    [400, { code: 'context_length_exceeded', type: 'invalid_request_error' }, 'context-length'],
    [400, { code: 400, type: 'too_many_prompt_tokens' }, 'context-length'],
    [400, { code: 'model_not_found', type: 'invalid_request_error' }, 'model-not-found'],
    [400, { code: 'content_filter' }, 'content-filter'],
    [400, { code: 'content_policy_violation' }, 'content-filter'],
    [401, { code: 'invalid_api_key' }, 'authentication'],
    [401, { code: null, type: 'api_error' }, 'authentication'],
    [402, { message: 'Insufficient Balance' }, 'quota'],
    [403, { code: 'unsupported_country_region_territory' }, 'permission'],
    [404, { code: 'model_not_found' }, 'model-not-found'],
    [404, { code: 'DeploymentNotFound' }, 'model-not-found'],
    [408, {}, 'timeout'],
    [422, {}, 'invalid-request'],
    [429, { code: 'rate_limit_exceeded', type: 'tokens' }, 'rate-limit'],
    [429, { code: 'insufficient_quota', type: 'insufficient_quota' }, 'quota'],
    [429, { code: 'billing_hard_limit_reached' }, 'quota'],
    [429, { code: '429' }, 'rate-limit'],
    [500, { type: 'server_error' }, 'server'],
    [502, 'upstream is down', 'server'],
    [503, {}, 'overloaded'],
    [504, {}, 'timeout'],
    [529, {}, 'overloaded'],
    [599, {}, 'server'],
  ]

  test.each(cases)('%i %j is %s', async (status, error, kind) => {
    for (const streamed of [false, true]) {
      const found = await failure(errorAnswer(status, error), streamed)
      expect(found).toMatchObject({ kind, status, provider: 'compatible', model: 'm', requestId: 'req_1' })
      expect(found.message).not.toContain('\n')
    }
  })

  it('is classified by what the dialect knows first', async () => {
    const dialect = {
      classify: ({ type }: { readonly type?: string }) => (type === 'unavailable_error' ? 'warming' : undefined),
    } as const
    const loading = errorAnswer(503, { code: 503, message: 'Loading model', type: 'unavailable_error' })
    expect((await failure(loading, false, { dialect })).kind).toBe('warming')
    expect((await failure(errorAnswer(503, {}), false, { dialect })).kind).toBe('overloaded')
  })

  it('is told in one line, with what helps', async () => {
    const headers = {
      'retry-after': '7',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1m0s',
      'set-cookie': 'visitor=abc',
      server: 'x',
    }
    const error = { code: 'rate_limit_exceeded', type: 'tokens', message: 'Slow\ndown,   please.' }
    const found = await failure(errorAnswer(429, error, headers), false)
    expect(found.message).toBe('Service answered 429 rate_limit_exceeded: Slow down, please.')
    expect(found).toMatchObject({ providerCode: 'rate_limit_exceeded', retryAfterMs: 7000 })
    expect(found.headers).toEqual({
      'retry-after': '7',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1m0s',
      'x-request-id': 'req_1',
    })
  })

  it('reads dates against the clock of the call', async () => {
    const headers = { 'retry-after': 'Sat, 21 Nov 2026 00:00:30 GMT', date: 'Sat, 21 Nov 2026 00:00:00 GMT' }
    expect((await failure(errorAnswer(429, {}, headers), false)).retryAfterMs).toBe(30_000)
  })

  it('waits for the limit that is used up where no Retry-After is given', async () => {
    const headers = {
      'x-ratelimit-remaining-requests': '5',
      'x-ratelimit-reset-requests': '1h0m0s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1m2.5s',
    }
    expect((await failure(errorAnswer(429, {}, headers), false)).retryAfterMs).toBe(62_500)
    expect((await failure(errorAnswer(500, {}, headers), false)).retryAfterMs).toBeUndefined()
  })

  it('is understood in the forms that services give it', async () => {
    const bodies: readonly (readonly [string, string])[] = [
      ['{"error":"no such thing"}', 'Service answered 400: no such thing'],
      ['{"detail":"no such thing"}', 'Service answered 400: no such thing'],
      ['{"message":"no such thing","type":"invalid_x","code":"1500"}', 'Service answered 400 1500: no such thing'],
      ['[{"error":{"message":"no such thing","code":400}}]', 'Service answered 400: no such thing'],
      ['', 'Service answered 400'],
    ]
    for (const [body, message] of bodies) {
      expect((await failure({ status: 400, headers: json, body }, false)).message).toBe(message)
    }
  })

  it('is not quoted at length', async () => {
    const page = `<html>${'<p>Bad gateway</p>'.repeat(1000)}</html>`
    const found = await failure({ status: 502, headers: { 'content-type': 'text/html' }, body: page }, false)
    expect(found.kind).toBe('server')
    expect(inspect(found, { depth: 10 }).length).toBeLessThan(3000)
  })
})

it('keeps a code that stands beside the error, as xAI has it', async () => {
  const body = JSON.stringify({ code: 'insufficient_quota', error: 'Nothing is left.' })
  const found = {
    kind: 'quota',
    providerCode: 'insufficient_quota',
    message: expect.stringContaining('Nothing is left.'),
  }
  for (const streamed of [false, true]) {
    expect(await failure({ status: 429, headers: json, body }, streamed)).toMatchObject({ ...found, status: 429 })
    expect(await failure({ headers: json, body }, streamed)).toMatchObject({ ...found, status: 200 })
  }
})

describe('an answer with status 200 that is none', () => {
  const cases: readonly (readonly [string, unknown, FailureKind])[] = [
    ['an error', { error: { code: 'insufficient_quota' } }, 'quota'],
    ['an error that says its status', { error: { code: 429, message: 'slow down' } }, 'rate-limit'],
    ['an error that says its class', { error: { type: 'invalid_request_error' } }, 'invalid-request'],
    ['an error that says nothing', { error: { message: 'oops' } }, 'server'],
    ['an error inside its choice', { choices: [{ error: { code: 502 } }] }, 'server'],
    ['an end by error', completion({ choices: [{ message: { content: '' }, finish_reason: 'error' }] }), 'server'],
    ['an error that is text', { error: 'boom' }, 'server'],
    ['an error object', { object: 'error', code: 404, message: 'x' }, 'model-not-found'],
    ['no choices', { id: 'x' }, 'malformed'],
    ['an empty list of choices', { choices: [] }, 'empty'],
    ['a choice without a message', { choices: [{ index: 0, finish_reason: 'stop' }] }, 'empty'],
    ['another type', [1, 2], 'malformed'],
    ['null', null, 'malformed'],
  ]

  test.each(cases)('but %s', async (_, body, kind) => {
    for (const streamed of [false, true]) {
      expect((await failure({ headers: json, body: JSON.stringify(body) }, streamed)).kind).toBe(kind)
    }
  })

  test.each(['', '{"choices": [', '<html>Welcome to the hotel</html>'])('but %j', async (body) => {
    const found = await failure({ headers: json, body }, false)
    expect(found).toMatchObject({ kind: 'malformed', status: 200, requestId: 'req_1' })
    expect(inspect(found)).not.toContain('hotel')
  })

  it('but breaks off', async () => {
    const body = JSON.stringify(completion())
    expect((await failure({ headers: json, body, cutAt: 50, cut: 'destroy' }, false)).kind).toBe('truncated')
  })
})

describe('a stream that is none', () => {
  const done = '[DONE]'
  const text = chunk({ content: 'x' })
  const cases: readonly (readonly [string, string, FailureKind])[] = [
    ['ends without its end marker', eventStream(text, chunk({}, 'stop')), 'truncated'],
    ['ends without a reason', eventStream(text, done), 'truncated'],
    ['holds nothing', '', 'truncated'],
    ['holds an end marker only', eventStream(done), 'empty'],
    ['holds broken JSON', eventStream(text, '{"choices":[{"del', done), 'malformed'],
    ['holds something else', eventStream('"x"', done), 'malformed'],
    ['holds an error', eventStream(text, { error: { code: 'insufficient_quota' } }, done), 'quota'],
    ['holds an error with a status', eventStream({ error: { code: 503 }, choices: [] }, done), 'overloaded'],
    ['holds an error that is text', eventStream(text, { error: 'oops' }), 'server'],
    ['ends by error', eventStream(text, chunk({}, 'error'), done), 'server'],
    ['has an event named error', 'event: error\ndata: {"code":"insufficient_quota","message":"x"}\n\n', 'quota'],
    ['has an event named error of text', `event: error\ndata: boom\n\n`, 'server'],
    ['has an event named error that wraps one', 'event: error\ndata: {"error":{"code":429}}\n\n', 'rate-limit'],
    ['is an error object', eventStream({ object: 'error', code: 400, message: 'x' }, done), 'invalid-request'],
    ['has a nameless call', eventStream(chunk({ tool_calls: [{ index: 0 }] }, 'tool_calls'), done), 'malformed'],
  ]

  test.each(cases)('%s', async (_, body, kind) => {
    const found = await failure({ headers: sse, body }, true)
    expect(found).toMatchObject({ kind, requestId: 'req_1' })
  })

  it('breaks off', async () => {
    const body = eventStream(text, text, done)
    expect((await failure({ headers: sse, body, cutAt: 100, cut: 'destroy' }, true)).kind).toBe('truncated')
  })
})

describe('an answer that is mangled', () => {
  const junk: readonly unknown[] = [null, 7, '', 'x', true, [], [null], {}, { x: 1 }, [[]], -1, ['x']]
  const call = { index: 0, id: 'c1', function: { name: 'a', arguments: '{}' } }
  const message = { content: [{ type: 'text', text: 'x' }], reasoning: 'y', tool_calls: [call], function_call: null }

  /** A copy of `value` in which one place, chosen at random, holds something else. */
  function mangle(value: unknown, random: () => number): unknown {
    if (typeof value !== 'object' || value === null || random() < 0.15) return junk[Math.floor(random() * junk.length)]
    const keys = Object.keys(value)
    const chosen = keys[Math.floor(random() * keys.length)] ?? ''
    const copy: Record<string, unknown> = {
      ...value,
      [chosen]: mangle((value as Record<string, unknown>)[chosen], random),
    }
    return Array.isArray(value) ? keys.map((key) => copy[key]) : copy
  }

  test.each([false, true])(
    'fails in the words of the contract, or is read all the same (streamed: %s)',
    async (streamed) => {
      const random = createSeededRandom(5)
      let read = 0
      let failed = 0
      const provider = connect({ baseURL: server.url })
      for (let round = 0; round < 1000; round += 1) {
        const answer = { ...completion({ choices: [{ index: 0, message, finish_reason: 'stop' }] }), error: null }
        const piece = { ...chunk(message), usage: { prompt_tokens: 1, prompt_tokens_details: { cached_tokens: 1 } } }
        server.answer(
          streamed
            ? { headers: sse, body: eventStream(JSON.stringify(mangle(piece, random)), chunk({}, 'stop'), '[DONE]') }
            : { headers: json, body: JSON.stringify(mangle(answer, random)) },
        )
        try {
          if (streamed) await collect(provider.stream(request))
          else await provider.chat(request)
          read += 1
        } catch (error) {
          if (!isProviderError(error)) throw error
          failed += 1
        }
      }
      expect(read).toBeGreaterThan(20)
      expect(failed).toBeGreaterThan(20)
    },
  )
})

describe('a service that does not answer', () => {
  it('cannot be reached', async () => {
    for (const streamed of [false, true]) {
      const found = await failure({ body: '' }, streamed, { baseURL: 'http://127.0.0.1:1/v1' })
      expect(found).toMatchObject({ kind: 'network', model: 'm', cause: { name: 'APIConnectionError' } })
      expect(found.status).toBeUndefined()
    }
  })

  it('breaks the connection before its answer', async () => {
    const rude = createServer(({ socket }) => socket.destroy()).listen(0, '127.0.0.1')
    await once(rude, 'listening')
    const baseURL = `http://127.0.0.1:${(rude.address() as AddressInfo).port}`
    for (const streamed of [false, true]) {
      expect((await failure({ body: '' }, streamed, { baseURL })).kind).toBe('network')
    }
    await new Promise((done) => rude.close(done))
  })

  it('takes too long', async () => {
    const never: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      })
    const found = await failure({ body: '' }, false, { fetch: never, timeoutMs: 5 })
    expect(found).toMatchObject({ kind: 'timeout', message: 'Service did not answer in time' })
  })
})

describe('a fetch that is deaf to its signal', () => {
  const deaf: typeof fetch = () => new Promise(() => {})
  const silent = (status: number): typeof fetch => {
    return async () => new Response(new ReadableStream(), { status, headers: { 'content-type': 'text/event-stream' } })
  }

  it('does not outlast the timeout, nor does the body of an error', async () => {
    for (const streamed of [false, true]) {
      expect((await failure({ body: '' }, streamed, { fetch: deaf, timeoutMs: 5 })).kind).toBe('timeout')
      const found = await failure({ body: '' }, streamed, { fetch: silent(429), timeoutMs: 5 })
      expect(found).toMatchObject({ kind: 'rate-limit', status: 429 })
    }
  })

  test.each([deaf, silent(200), silent(500)])('ends with the call (%#)', async (fetch) => {
    for (const streamed of [false, true]) {
      const controller = new AbortController()
      const provider = connect({ fetch })
      const call = streamed
        ? drain(provider.stream(request, { signal: controller.signal }))
        : provider.chat(request, { signal: controller.signal })
      setImmediate(() => controller.abort(new Error('the caller left')))
      await expect(call).rejects.toThrow('the caller left')
    }
  })

  it('has the body of its late answer cancelled', async () => {
    let resolve: (response: Response) => void = () => {}
    const promise = new Promise<Response>((settle) => (resolve = settle))
    await failure({ body: '' }, false, { fetch: () => promise, timeoutMs: 5 })
    const reason = new Promise((cancelled) => {
      resolve(new Response(new ReadableStream({ cancel: () => cancelled('cancelled') })))
    })
    expect(await reason).toBe('cancelled')
  })
})

describe('secrets', () => {
  const echo = `Incorrect API key provided: ${testKey}, also known as ${testKey.slice(0, 4)}`
  const cases: readonly (readonly [string, WireAnswer])[] = [
    ['a message', errorAnswer(401, { code: 'invalid_api_key', message: echo })],
    ['a code', errorAnswer(401, { code: testKey, type: testKey, message: 'no' })],
    ['a page', { status: 401, headers: { 'content-type': 'text/plain' }, body: echo }],
    ['a header', errorAnswer(429, {}, { 'x-ratelimit-key': testKey, 'x-request-id': 'r', 'retry-after': testKey })],
    ['an error inside a 200', { headers: json, body: JSON.stringify({ error: { message: echo } }) }],
    ['an answer that is not JSON', { headers: json, body: echo }],
    ['a stream', { headers: sse, body: eventStream({ error: { message: echo, code: testKey } }) }],
    ['a stream that is not JSON', { headers: sse, body: eventStream(testKey) }],
  ]

  test.each(cases)('are not in the error when the service echoes the key in %s', async (_, answer) => {
    for (const apiKey of [testKey, () => testKey]) {
      for (const streamed of [false, true]) {
        const found = await failure(answer, streamed, { apiKey })
        for (const seen of [inspect(found, { depth: 20, showHidden: true }), JSON.stringify(found), found.stack]) {
          expect(seen).not.toContain(testKey)
        }
      }
    }
  })

  test.each([
    ['X-Gateway-Token', 'gateway-secret-value', 'gateway-secret-value'],
    ['x-password', 'open sesame', 'open sesame'],
    ['Authorization', 'Bearer plain-words-here', 'plain-words-here'],
    ['Authorization', 'Basic dXNlcjpodW50ZXIyMg==', 'hunter22'],
    ['Cookie', 'a=1; visit=crumbly-value', 'crumbly-value'],
  ])('of the header %s (%j) are not there either', async (header, value, secret) => {
    for (const streamed of [false, true]) {
      const answer = errorAnswer(403, { message: `bad ${secret}` }, { 'x-request-id': `for-${secret}` })
      const found = await failure(answer, streamed, { headers: { [header]: value } })
      expect(inspect(found, { depth: 20, showHidden: true })).not.toContain(secret)
    }
  })

  it('that are too short to be any do not garble messages', async () => {
    const answer = errorAnswer(400, { message: 'An apple a day' })
    const found = await failure(answer, false, { apiKey: 'a', headers: { 'x-letter': 'p', 'user-agent': 'An apple' } })
    expect(found.message).toBe('Service answered 400: An apple a day')
  })

  test.each([
    ['http://user:pw@127.0.0.1:1/v1', 'pw@'],
    ['http://us%20er:hunter%2022@127.0.0.1:1/v1', 'hunter'],
    ['http://bare-token@127.0.0.1:1/v1', 'bare-token'],
  ])('of the address %s are not there either', async (baseURL, secret) => {
    for (const streamed of [false, true]) {
      const found = await failure({ body: '' }, streamed, { baseURL })
      expect(inspect(found, { depth: 20, showHidden: true })).not.toContain(secret)
    }
  })
})
