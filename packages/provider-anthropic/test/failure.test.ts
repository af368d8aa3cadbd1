import { startWireServer, type WireAnswer, type WireServer } from '@llmfb/conformance'
import type { FailureKind, Provider } from '@llmfb/core/provider'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  block,
  errorAnswer,
  eventText,
  jsonAnswer,
  messageAnswer,
  messageStart,
  messageStop,
  streamAnswer,
  textBlock,
} from './answers.ts'
import { collect, connect, failureOf, testKey } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const request = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hello' }] } as const

const ways = {
  chat: (provider: Provider) => provider.chat(request),
  stream: (provider: Provider) => collect(provider.stream(request)),
}

type ErrorRow = readonly [status: number, error: Readonly<Record<string, unknown>>, kind: FailureKind]

const errors: readonly ErrorRow[] = [
  [400, { type: 'invalid_request_error', message: 'messages: at least one message is required' }, 'invalid-request'],
  [400, { type: 'invalid_request_error', message: 'max_tokens: the prompt is too long for it' }, 'invalid-request'],
  [
    400,
    { type: 'invalid_request_error', message: 'prompt is too long: 203284 tokens > 200000 maximum' },
    'context-length',
  ],
  [
    400,
    {
      type: 'invalid_request_error',
      message: 'input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length',
    },
    'context-length',
  ],
  [
    400,
    { type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API.' },
    'quota',
  ],
  [400, { type: 'invalid_request_error', message: 'You have reached your specified API usage limits.' }, 'quota'],
  [400, { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' }, 'content-filter'],
  [401, { type: 'authentication_error' }, 'authentication'],
  [402, { type: 'billing_error' }, 'quota'],
  [403, { type: 'permission_error' }, 'permission'],
  [403, { type: 'permission_error', details: { error_code: 'organization_on_hold' } }, 'permission'],
  [404, { type: 'not_found_error', message: 'model: no-such-model' }, 'model-not-found'],
  [408, { type: 'invalid_request_error' }, 'timeout'],
  [409, { type: 'conflict_error' }, 'server'],
  [413, { type: 'request_too_large' }, 'invalid-request'],
  [422, { type: 'invalid_request_error' }, 'invalid-request'],
  [429, { type: 'rate_limit_error' }, 'rate-limit'],
  [429, { type: 'rate_limit_error', details: { error_code: 'enforced_spend_limit_reached' } }, 'quota'],
  [429, { type: 'rate_limit_error', details: { error_code: 'ramp_limit_exceeded' } }, 'rate-limit'],
  [429, { type: 'overloaded_error' }, 'overloaded'],
  [500, { type: 'api_error' }, 'server'],
  [502, {}, 'server'],
  [503, { type: 'invalid_request_error' }, 'overloaded'],
  [504, { type: 'timeout_error' }, 'timeout'],
  [529, { type: 'overloaded_error' }, 'overloaded'],
  [599, { type: 'toString' }, 'server'],
]

const statusOnly: readonly unknown[] = ['invalid_request_error', 'conflict_error', 'toString']

for (const [way, call] of Object.entries(ways)) {
  test.each(errors)(`${way}: %i %o is %s`, async (status, error, kind) => {
    server.answer(errorAnswer(status, error))
    const before = server.requests.length
    const failure = await failureOf(call(await connect(server.url)))
    const details = error['details'] as { error_code: string } | undefined
    expect(failure).toMatchObject({ kind, status, provider: 'anthropic', model: request.model, requestId: 'req_1' })
    expect(failure.providerCode).toBe(details?.error_code ?? error['type'])
    expect(server.requests.length - before).toBe(1)
  })

  // Those that only their status tells apart are left out: within a 200 there is none.
  const told = errors.filter(
    ([status, { type }]) => status <= 400 || (type !== undefined && !statusOnly.includes(type)),
  )
  test.each(told)(`${way}: the same within a 200 (%i %o) is %s`, async (_status, error, kind) => {
    const body = { type: 'error', error: { message: 'Something is wrong', ...error }, request_id: 'req_2' }
    server.answer(way === 'stream' ? streamAnswer([messageStart, body]) : jsonAnswer(200, body))
    expect(await failureOf(call(await connect(server.url)))).toMatchObject({ kind, status: 200, requestId: 'req_1' })
  })

  test(`${way}: an error within a 200 that says nothing of itself is the service's`, async () => {
    server.answer(jsonAnswer(200, { error: { message: 'Oops', type: 'toString' } }))
    expect((await failureOf(call(await connect(server.url)))).kind).toBe('server')
  })

  test(`${way}: an overload in words of JSON instead of a stream`, async () => {
    server.answer(jsonAnswer(200, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }))
    expect((await failureOf(call(await connect(server.url)))).kind).toBe('overloaded')
  })

  test(`${way}: keeps what the headers tell`, async () => {
    const headers = {
      'retry-after': '17',
      'anthropic-ratelimit-requests-remaining': '0',
      'x-secret-cookie': 'no',
    }
    server.answer(errorAnswer(429, { type: 'rate_limit_error', message: 'Too\n  many\trequests' }, headers))
    const failure = await failureOf(call(await connect(server.url)))
    expect(failure.retryAfterMs).toBe(17_000)
    expect(failure.headers).toEqual({
      'retry-after': '17',
      'anthropic-ratelimit-requests-remaining': '0',
      'request-id': 'req_1',
    })
    expect(failure.message).toBe('Anthropic answered 429 rate_limit_error: Too many requests')
  })

  test(`${way}: reads a date to wait for with the clock it is given`, async () => {
    server.answer(
      errorAnswer(
        529,
        { type: 'overloaded_error' },
        {
          'retry-after': 'Sat, 21 Nov 2026 00:01:00 GMT',
          date: 'Sat, 21 Nov 2026 00:00:00 GMT',
        },
      ),
    )
    expect((await failureOf(call(await connect(server.url)))).retryAfterMs).toBe(60_000)
  })

  test.each<readonly [string, WireAnswer]>([
    ['a page', { headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>', status: 502 }],
    ['nothing', { body: '', status: 500 }],
    ['other JSON', jsonAnswer(503, { error: 'down' })],
    ['null', jsonAnswer(503, null)],
  ])(`${way}: an error that is %s`, async (_name, answer) => {
    server.answer(answer)
    const failure = await failureOf(call(await connect(server.url)))
    expect(failure.kind).toBe(answer.status === 503 ? 'overloaded' : 'server')
    expect(failure.status).toBe(answer.status)
  })

  test(`${way}: nobody there`, async () => {
    const gone = await startWireServer()
    await gone.close()
    const failure = await failureOf(call(await connect(gone.url)))
    expect(failure.kind).toBe('network')
    expect(failure.message).toContain('ECONNREFUSED')
  })

  test(`${way}: a connection that breaks before the answer`, async () => {
    const broken: typeof fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('read ECONNRESET') }))
    const failure = await failureOf(call(await connect(server.url, { fetch: broken })))
    expect(failure).toMatchObject({ kind: 'network', message: 'Anthropic could not be reached: read ECONNRESET' })
  })

  const coded = (code: string, message = ''): Error => Object.assign(new Error(message), { code })
  test.each<readonly [FailureKind, string, unknown]>([
    ['network', 'connect ETIMEDOUT', coded('ETIMEDOUT', 'connect ETIMEDOUT')],
    ['network', 'ETIMEDOUT', Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' })],
    ['network', 'Connect Timeout Error', coded('UND_ERR_CONNECT_TIMEOUT', 'Connect Timeout Error')],
    ['timeout', 'in time', coded('UND_ERR_HEADERS_TIMEOUT', 'Headers Timeout Error')],
    ['timeout', 'in time', new DOMException('signal timed out', 'TimeoutError')],
  ])(`${way}: %s where fetch says %s`, async (kind, words, cause) => {
    const broken: typeof fetch = () => Promise.reject(new TypeError('fetch failed', { cause }))
    const failure = await failureOf(call(await connect(server.url, { fetch: broken })))
    expect(failure.kind).toBe(kind)
    expect(failure.message).toContain(words)
    expect(failure.message).not.toContain('timeoutMs')
    expect(failure.cause).toMatchObject({ message: 'fetch failed' })
  })

  test(`${way}: an answer that does not go on in time`, async () => {
    const error = new TypeError('terminated', { cause: coded('UND_ERR_BODY_TIMEOUT', 'Body Timeout Error') })
    const silent: typeof fetch = async () =>
      new Response(new ReadableStream({ pull: (controller) => controller.error(error) }))
    expect((await failureOf(call(await connect(server.url, { fetch: silent })))).kind).toBe('timeout')
  })

  test(`${way}: no headers within timeoutMs`, async () => {
    const deaf: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
      })
    const failure = await failureOf(call(await connect(server.url, { fetch: deaf, timeoutMs: 1 })))
    expect(failure.kind).toBe('timeout')
  })

  test(`${way}: a key that cannot be had`, async () => {
    const refuse = async (): Promise<string> => Promise.reject(new Error('vault sealed'))
    expect((await failureOf(call(await connect(server.url, { apiKey: refuse })))).kind).toBe('unknown')
    expect((await failureOf(call(await connect(server.url, { apiKey: () => '' })))).kind).toBe('authentication')
  })

  test(`${way}: no error shows a key, even if the service repeats it`, async () => {
    const secret = 'other-secret-of-these-tests'
    const repeated = `You sent ${testKey}, ${secret} and sk-ant-api03-abcdefghijkl`
    const error = { type: 'invalid_request_error', message: repeated, details: { error_code: testKey } }
    const answers = [
      errorAnswer(401, error, { 'request-id': testKey, 'anthropic-ratelimit-x': secret }),
      { status: 500, body: repeated },
      streamAnswer([messageStart, { type: 'error', error }]),
      jsonAnswer(200, { type: 'error', error }),
      { status: 200, headers: { 'content-type': 'application/json' }, body: repeated },
    ]
    const provider = await connect(server.url, {
      headers: { 'x-proxy-key': secret, 'proxy-authorization': `Basic ${secret}` },
    })
    for (const answer of answers) {
      server.answer(answer)
      const failure = await failureOf(call(provider))
      const shown =
        inspect(failure, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(failure) + failure.stack
      expect(shown).not.toMatch(/of-these-tests|sk-ant/)
    }
    const echo: typeof fetch = (_input, init) =>
      Promise.reject(new Error(`failed with ${new Headers(init?.headers).get('authorization')}`))
    const failure = await failureOf(call(await connect(server.url, { fetch: echo })))
    expect(inspect(failure, { depth: Infinity })).not.toContain(testKey)
  })
}

test.each<readonly [string, FailureKind, WireAnswer]>([
  ['not JSON', 'malformed', { headers: { 'content-type': 'application/json' }, body: '{"type":"message",' }],
  ['a page', 'malformed', { headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
  ['other JSON', 'malformed', jsonAnswer(200, { choices: [] })],
  ['null', 'malformed', jsonAnswer(200, null)],
  ['no reason to stop', 'malformed', jsonAnswer(200, { type: 'message', content: [], stop_reason: null })],
  ['content of no shape', 'malformed', jsonAnswer(200, { type: 'message', content: [null], stop_reason: 'end_turn' })],
  ['text that is none', 'malformed', messageAnswer({ content: [{ type: 'text', text: 5 }] })],
  ['an error in words', 'server', jsonAnswer(200, { error: 'boom' })],
  ['nothing', 'malformed', { body: '' }],
  ['no content', 'malformed', { status: 204, body: '' }],
])('chat: a 200 with %s is %s', async (_name, kind, answer) => {
  server.answer(answer)
  const failure = await failureOf(ways.chat(await connect(server.url)))
  expect(failure.kind).toBe(kind)
})

test.each([
  ['no JSON', { headers: { 'content-type': 'application/json' }, body: 'words of the answer' }],
  ['a long page', { status: 502, body: `<html>${'.'.repeat(1000)}words of the answer</html>` }],
])('an answer that is %s is quoted nowhere', async (_name, answer) => {
  server.answer(answer)
  const provider = await connect(server.url)
  for (const call of Object.values(ways)) {
    expect(inspect(await failureOf(call(provider)), { depth: Infinity })).not.toContain('words of')
  }
})

const textOf = (text: unknown) => ({ type: 'text_delta', text })
const streamed = (body: string): WireAnswer => ({ headers: { 'content-type': 'text/event-stream' }, body })

test.each<readonly [string, FailureKind, WireAnswer]>([
  ['an event that is not JSON', 'malformed', streamed(`${eventText(messageStart)}data: {"type":\n\n`)],
  ['an event that is no object', 'malformed', streamed('data: 7\n\n')],
  ['an event without its fields', 'malformed', streamed('data: {"type":"content_block_delta","index":0}\n\n')],
  ['text that is none', 'malformed', streamAnswer([messageStart, ...block(0, { type: 'text', text: '' }, textOf(5))])],
  [
    'text that is none at the start of a block',
    'malformed',
    streamAnswer([messageStart, ...block(0, { type: 'text', text: 5 })]),
  ],
  ['a call without a name', 'malformed', streamAnswer([messageStart, ...block(0, { type: 'tool_use', id: 't1' })])],
  ['an error that its name alone tells', 'server', streamed('event: error\ndata: {"message":"boom"}\n\n')],
  ['an error without its frame', 'overloaded', streamed('event: error\ndata: {"type":"overloaded_error"}\n\n')],
  ['an error without JSON', 'server', streamed(`${eventText(messageStart)}event: error\ndata: boom\n\n`)],
  ['an error without a name', 'server', streamed('data: {"error":"boom"}\n\n')],
  ['an error in words', 'server', streamed('event: error\ndata: {"type":"error","error":"boom"}\n\n')],
  ['a delta of no block', 'malformed', streamAnswer([messageStart, ...textBlock(0, 'Hi').slice(1)])],
  [
    'a block of no shape',
    'malformed',
    streamAnswer([messageStart, { type: 'content_block_start', index: 0, content_block: null }]),
  ],
  ['no reason to stop', 'malformed', streamAnswer([messageStart, ...textBlock(0, 'Hi'), messageStop])],
  ['no terminal marker', 'truncated', streamAnswer([messageStart, ...textBlock(0, 'Hi')])],
  ['no terminal marker and a broken connection', 'truncated', streamAnswer([messageStart], { cut: 'destroy' })],
  ['nothing', 'truncated', streamed('')],
  ['no content', 'malformed', { status: 204, body: '' }],
  ['a page', 'truncated', { headers: { 'content-type': 'text/html' }, body: '<html>\n\n</html>' }],
  ['a message of no shape instead', 'malformed', jsonAnswer(200, { type: 'message', content: [] })],
])('stream: a 200 with %s is %s', async (_name, kind, answer) => {
  server.answer(answer)
  const failure = await failureOf(ways.stream(await connect(server.url)))
  expect(failure.kind).toBe(kind)
  expect(failure.message).not.toContain('\n')
})

test('fails without a key, when it is called', async () => {
  const { anthropic } = await import('../src/index.ts')
  const plugin = anthropic({ baseURL: server.url })
  const clock = { now: () => 0, wallTime: () => 0, schedule: () => ({ cancel() {} }) }
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const provider = await plugin.create({ id: 'anthropic', credentials: {}, clock, logger })
  expect((await failureOf(provider.chat(request))).kind).toBe('authentication')
})
