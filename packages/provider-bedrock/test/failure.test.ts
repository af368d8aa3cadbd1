import { startWireServer, type WireAnswer, type WireServer } from '@llmfb/conformance'
import type { Clock, FailureKind, Provider } from '@llmfb/core/provider'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  converseAnswer,
  delta,
  errorAnswer,
  jsonAnswer,
  messageStart,
  messageStop,
  metadata,
  start,
  streamAnswer,
  textBlock,
} from './answers.ts'
import { collect, connect, failureOf, testKey } from './connect.ts'
import { event, exception, undeclaredError } from './event-stream.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const request = { model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'Hello' }] } as const

const ways = {
  chat: (provider: Provider) => provider.chat(request),
  stream: (provider: Provider) => collect(provider.stream(request)),
}

type ErrorRow = readonly [status: number, type: string | undefined, message: string, kind: FailureKind]

const onDemand =
  "Invocation of model ID anthropic.claude-sonnet-4-5 with on-demand throughput isn't supported. Retry your request with the ID or ARN of an inference profile that contains this model."

const errors: readonly ErrorRow[] = [
  [400, 'ValidationException', 'Malformed input request: extraneous key [x] is not permitted', 'invalid-request'],
  [400, 'ValidationException', 'The provided model identifier is invalid.', 'model-not-found'],
  [400, 'ValidationException', onDemand, 'model-not-found'],
  [400, 'ValidationException', 'Input is too long for requested model.', 'context-length'],
  [
    400,
    'ValidationException',
    'The model returned the following errors: prompt is too long: 203284 tokens > 200000 maximum',
    'context-length',
  ],
  [
    400,
    'ValidationException',
    'The model returned the following errors: input length and `max_tokens` exceed context limit: 1 + 2 > 2',
    'context-length',
  ],
  [
    400,
    'ValidationException',
    "This model's maximum context length is 128000 tokens. Please reduce the length of the prompt",
    'context-length',
  ],
  [
    400,
    'ValidationException',
    'The model returned the following errors: Output blocked by content filtering policy',
    'content-filter',
  ],
  [400, 'ServiceQuotaExceededException', 'Quota', 'quota'],
  [400, undefined, 'Input is too long for requested model.', 'context-length'],
  [400, undefined, "This model doesn't support the s3Uri field.", 'invalid-request'],
  [403, 'AccessDeniedException', "You don't have access to the model with the specified model ID.", 'permission'],
  [403, 'AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid.', 'authentication'],
  [403, 'AccessDeniedException', 'Bearer Token has expired', 'authentication'],
  [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.', 'authentication'],
  [403, 'ExpiredTokenException', 'The security token included in the request is expired', 'authentication'],
  [403, 'InvalidSignatureException', 'The request signature we calculated does not match', 'authentication'],
  [403, 'IncompleteSignatureException', 'Credential must have exactly 5 elements', 'authentication'],
  [403, 'MissingAuthenticationTokenException', 'Missing Authentication Token', 'authentication'],
  [403, undefined, 'Forbidden', 'permission'],
  [404, 'ResourceNotFoundException', 'This model version has reached the end of its life.', 'model-not-found'],
  [404, 'UnknownOperationException', 'No such operation', 'model-not-found'],
  [408, 'ModelTimeoutException', 'Model has timed out', 'timeout'],
  [413, undefined, 'Too large', 'invalid-request'],
  [424, 'ModelErrorException', 'The model made an error', 'server'],
  [424, 'ModelStreamErrorException', 'The model made an error', 'server'],
  [429, 'ThrottlingException', 'Too many requests, please wait before trying again.', 'rate-limit'],
  [429, 'ThrottlingException', 'Too many tokens, please wait before trying again.', 'rate-limit'],
  [429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.', 'quota'],
  [429, 'ModelNotReadyException', 'Model is not ready for inference.', 'warming'],
  [429, undefined, 'Slow down', 'rate-limit'],
  [500, 'InternalServerException', 'Oops', 'server'],
  [503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.', 'overloaded'],
  [504, undefined, 'Gateway', 'timeout'],
  [599, 'toString', 'Odd', 'server'],
]

for (const [way, call] of Object.entries(ways)) {
  test.each(errors)(`${way}: %i %s %s is %s`, async (status, type, message, kind) => {
    server.answer(errorAnswer(status, type, message))
    const before = server.requests.length
    const failure = await failureOf(call(await connect(server.url)))
    expect(failure).toMatchObject({ kind, status, provider: 'bedrock', model: request.model, requestId: 'request-1' })
    expect(failure.providerCode?.toLowerCase()).toBe(type?.toLowerCase())
    expect(failure.message).toContain(message.slice(0, 60))
    expect(failure).not.toHaveProperty('$metadata')
    expect(server.requests.length - before).toBe(1)
  })

  test.each([
    ['a class with an address', { 'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/x/' }, {}],
    ['a class in the body', {}, { __type: 'com.amazon.coral.service#ThrottlingException' }],
    ['a class in another field of the body', {}, { code: 'ThrottlingException' }],
  ])(`${way}: %s`, async (_name, headers, body) => {
    server.answer(jsonAnswer(400, { Message: 'Slow down', ...body }, headers))
    const failure = await failureOf(call(await connect(server.url)))
    expect(failure).toMatchObject({ kind: 'rate-limit', providerCode: 'ThrottlingException' })
    expect(failure.message).toBe('Amazon Bedrock answered 400 ThrottlingException: Slow down')
  })

  test(`${way}: the same within a 200`, async () => {
    server.answer(jsonAnswer(200, { __type: 'ServiceUnavailableException', message: 'Overloaded' }))
    expect(await failureOf(call(await connect(server.url)))).toMatchObject({ kind: 'overloaded', status: 200 })
    server.answer(jsonAnswer(200, { message: 'Something is wrong' }))
    expect(await failureOf(call(await connect(server.url)))).toMatchObject({ kind: 'server', status: 200 })
  })

  test(`${way}: keeps what the headers tell`, async () => {
    const headers = { 'retry-after': '17', 'x-secret-cookie': 'no' }
    server.answer(errorAnswer(429, 'ThrottlingException', 'Too\n  many\trequests', headers))
    const failure = await failureOf(call(await connect(server.url)))
    expect(failure.retryAfterMs).toBe(17_000)
    expect(failure.headers).toEqual({
      'retry-after': '17',
      'x-amzn-errortype': 'ThrottlingException',
      'x-amzn-requestid': 'request-1',
    })
    expect(failure.message).toBe('Amazon Bedrock answered 429 ThrottlingException: Too many requests')
    expect(failure.cause).toMatchObject({ name: 'ThrottlingException' })
  })

  test(`${way}: reads a date to wait for`, async () => {
    const date = 'Sat, 21 Nov 2026 00:00:00 GMT'
    server.answer(errorAnswer(503, undefined, 'x', { date, 'retry-after': 'Sat, 21 Nov 2026 00:01:00 GMT' }))
    expect((await failureOf(call(await connect(server.url)))).retryAfterMs).toBe(60_000)
  })

  test.each<readonly [string, WireAnswer]>([
    ['a page', { headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>', status: 502 }],
    ['nothing', { body: '', status: 500 }],
    ['a list', jsonAnswer(503, [])],
    ['null', jsonAnswer(503, null)],
    ['cut', { ...errorAnswer(503, undefined, 'gone'), cutAt: 3, cut: 'destroy' }],
    ['without end', { status: 503, body: '.'.repeat(70_000), hold: true }],
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
    expect(failure.message).toBe('Amazon Bedrock could not be reached: ECONNREFUSED')
    const throughFetch = await connect(gone.url, { apiKey: 'k', fetch: (input, init) => fetch(input, init) })
    expect((await failureOf(call(throughFetch))).kind).toBe('network')
  })

  test(`${way}: a connection that breaks before the answer`, async () => {
    const broken: typeof fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('socket hang up') }))
    const failure = await failureOf(call(await connect(server.url, { apiKey: 'k', fetch: broken })))
    expect(failure).toMatchObject({ kind: 'network', message: 'Amazon Bedrock could not be reached: socket hang up' })
  })

  const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more })
  test.each<readonly [FailureKind, string, unknown]>([
    ['network', 'a connection that times out', coded('ETIMEDOUT', { name: 'TimeoutError', syscall: 'connect' })],
    ['network', 'a connection the handler gives up', Object.assign(new Error('x'), { name: 'TimeoutError' })],
    ['network', 'a reset', coded('ECONNRESET', { name: 'TimeoutError' })],
    ['timeout', 'silence', coded('ETIMEDOUT', { name: 'TimeoutError' })],
    [
      'timeout',
      'silence that fetch tells of',
      new TypeError('fetch failed', { cause: coded('UND_ERR_HEADERS_TIMEOUT') }),
    ],
    ['timeout', 'a signal of time', new DOMException('signal timed out', 'TimeoutError')],
    ['unknown', 'whatever else', new Error('odd')],
  ])(`${way}: %s: %s`, async (kind, _name, thrown) => {
    const broken: typeof fetch = () => Promise.reject(thrown)
    const failure = await failureOf(call(await connect(server.url, { apiKey: 'k', fetch: broken })))
    expect(failure.kind).toBe(kind)
  })

  test(`${way}: no headers within timeoutMs`, async () => {
    let expire: (() => void) | undefined
    server.answer(() => {
      expire?.()
      return new Promise(() => {})
    })
    const options = { apiKey: 'k', timeoutMs: 20 }
    const provider = await connect(server.url, options, { AWS_REGION: 'us-east-1' }, (delayMs, run) => {
      if (delayMs === 20) expire = run
      return { cancel() {} }
    })
    expect((await failureOf(call(provider))).kind).toBe('timeout')
    expect(expire).toBeDefined()
  })

  test(`${way}: a key that cannot be had`, async () => {
    const refuse = async (): Promise<string> => Promise.reject(new Error('vault sealed'))
    expect((await failureOf(call(await connect(server.url, { apiKey: refuse })))).kind).toBe('unknown')
    for (const apiKey of [() => '', ' ', 'half\nhalf']) {
      expect((await failureOf(call(await connect(server.url, { apiKey })))).kind).toBe('authentication')
    }
  })

  test(`${way}: credentials that cannot be had, and no region`, async () => {
    const credentials = async (): Promise<never> => Promise.reject(new Error('vault sealed'))
    expect((await failureOf(call(await connect(server.url, { credentials })))).kind).toBe('authentication')
    const before = { ...process.env }
    Object.assign(process.env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' })
    for (const name of ['AWS_REGION', 'AWS_PROFILE']) delete process.env[name]
    const failure = await failureOf(call(await connect(server.url, { apiKey: 'k' }, {})))
    process.env = before
    expect(failure).toMatchObject({ kind: 'authentication', message: expect.stringContaining('AWS_REGION') })
  })

  test(`${way}: no error shows a key, even if the service repeats it`, async () => {
    const secret = 'other-secret-of-these-tests'
    const host = new URL(server.url).host
    const repeated = `You sent ${testKey} and ${secret} to ${host}, arn:aws:iam::123456789012:user/x`
    const answers = [
      errorAnswer(403, 'AccessDeniedException', repeated, { 'x-amzn-requestid': testKey, 'retry-after': secret }),
      errorAnswer(403, testKey, repeated),
      { status: 500, body: repeated },
      streamAnswer([messageStart, exception('validationException', { message: repeated })]),
      streamAnswer([messageStart, undeclaredError(secret, repeated)]),
      jsonAnswer(200, { message: repeated }),
      { status: 200, headers: { 'content-type': 'application/json' }, body: repeated },
    ]
    const provider = await connect(server.url, { apiKey: testKey, headers: { 'x-proxy-key': secret } })
    for (const answer of answers) {
      server.answer(answer)
      expect(shown(await failureOf(call(provider)))).not.toMatch(/of-these-tests|123456789012/i)
    }
    const credentials = { accessKeyId: 'id-of-these-tests', secretAccessKey: secret, sessionToken: testKey }
    server.answer(errorAnswer(403, 'InvalidSignatureException', `${repeated} id-of-these-tests`))
    const signing = await failureOf(call(await connect(server.url, { credentials })))
    expect(shown(signing)).not.toMatch(/of-these-tests/)
    const gone = await startWireServer()
    await gone.close()
    expect(shown(await failureOf(call(await connect(gone.url))))).not.toContain(new URL(gone.url).host)
  })
}

function shown(error: Error): string {
  return inspect(error, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(error) + error.stack
}

const message = (content: unknown, stopReason: unknown = 'end_turn'): WireAnswer =>
  jsonAnswer(200, { output: { message: { role: 'assistant', content } }, stopReason })

test.each<readonly [string, WireAnswer]>([
  ['not JSON', { headers: { 'content-type': 'application/json' }, body: '{"output":' }],
  ['a page', { headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
  ['other JSON', jsonAnswer(200, { choices: [] })],
  ['null', jsonAnswer(200, null)],
  ['a list', jsonAnswer(200, [])],
  ['text', jsonAnswer(200, 'Hello')],
  ['no reason to stop', message([], null)],
  ['content of no shape', message([5])],
  ['no content at all', message(undefined)],
  ['text that is none', message([{ text: 5 }])],
  ['a call without a name', message([{ toolUse: { toolUseId: 't' } }])],
  ['nothing', { body: '' }],
  ['no content', { status: 204, body: '' }],
])('chat: a 200 with %s is malformed', async (_name, answer) => {
  server.answer(answer)
  expect((await failureOf(ways.chat(await connect(server.url)))).kind).toBe('malformed')
})

test('chat: a connection that breaks within the answer has cut it', async () => {
  server.answer({ ...converseAnswer(), cutAt: 30, cut: 'reset' })
  expect((await failureOf(ways.chat(await connect(server.url)))).kind).toBe('truncated')
})

const whole = [messageStart, ...textBlock(0, 'Hello'), messageStop(), metadata()]
const damaged = (at: number): Uint8Array[] => {
  const bytes = new Uint8Array(Buffer.concat(whole))
  bytes[at] = (bytes[at] ?? 0) ^ 0x55
  return [bytes]
}
const streamed = (body: string, type = 'application/vnd.amazon.eventstream'): WireAnswer => ({
  headers: { 'content-type': type },
  body,
})

test.each<readonly [string, FailureKind, WireAnswer]>([
  ['a wrong checksum of a prelude', 'malformed', streamAnswer(damaged(9))],
  ['a wrong checksum of a message', 'malformed', streamAnswer(damaged(messageStart.length - 1))],
  ['a byte that is another', 'malformed', streamAnswer(damaged(messageStart.length - 8))],
  ['an event that is not JSON', 'malformed', streamAnswer([event('messageStart', '{"role":')])],
  ['a delta without its fields', 'malformed', streamAnswer([messageStart, event('contentBlockDelta', {})])],
  ['text that is none', 'malformed', streamAnswer([messageStart, delta(0, { text: 5 })])],
  ['a call without a name', 'malformed', streamAnswer([messageStart, start(0, { toolUse: { toolUseId: 't' } })])],
  ['a call that was not started', 'malformed', streamAnswer([messageStart, delta(0, { toolUse: { input: '{' } })])],
  ['no reason to stop', 'malformed', streamAnswer([messageStart, event('messageStop', {}), metadata()])],
  ['no messageStop', 'truncated', streamAnswer([messageStart, ...textBlock(0, 'Hi'), metadata()])],
  ['no metadata', 'truncated', streamAnswer([messageStart, ...textBlock(0, 'Hi'), messageStop()])],
  ['a broken connection', 'truncated', streamAnswer([messageStart], { cut: 'destroy' })],
  ['a reset connection', 'truncated', streamAnswer([messageStart], { cut: 'reset' })],
  ['nothing', 'truncated', streamed('')],
  ['a page', 'malformed', streamed('<html>\n\n</html>', 'text/html')],
  ['a page that says it is a stream', 'malformed', streamed('<html>\n\n</html>')],
  ['a whole message instead', 'malformed', converseAnswer()],
])('stream: a 200 with %s is %s', async (_name, kind, answer) => {
  server.answer(answer)
  const failure = await failureOf(ways.stream(await connect(server.url)))
  expect(failure.kind).toBe(kind)
  expect(failure.message).not.toContain('Hello')
})

test('stream: every prefix is truncated, however it ends', async () => {
  const all = Buffer.concat(whole).length
  const provider = await connect(server.url)
  for (let cutAt = 1; cutAt < all; cutAt += 7) {
    server.answer(streamAnswer(whole, { cutAt, cut: cutAt % 2 === 0 ? 'end' : 'destroy', pieces: { seed: cutAt } }))
    expect((await failureOf(ways.stream(provider))).kind, `cut at ${cutAt}`).toBe('truncated')
  }
})

test.each<readonly [string, string, FailureKind]>([
  ['internalServerException', 'Oops', 'server'],
  ['modelStreamErrorException', 'Oops', 'server'],
  ['serviceUnavailableException', 'Busy', 'overloaded'],
  ['throttlingException', 'Too many tokens, please wait', 'rate-limit'],
  ['throttlingException', 'Too many tokens per day, please wait', 'quota'],
  ['validationException', 'Malformed', 'invalid-request'],
  ['validationException', 'Input is too long for requested model.', 'context-length'],
  ['modelTimeoutException', 'Late', 'timeout'],
  ['somethingNewerException', 'Odd', 'server'],
])('stream: %s (%s) within it is %s, first or later', async (type, words, kind) => {
  const told = { kind, status: 200, providerCode: `${type[0]?.toUpperCase()}${type.slice(1)}`, requestId: 'request-1' }
  for (const before of [[], [messageStart, ...textBlock(0, 'Hi')]]) {
    server.answer(streamAnswer([...before, exception(type, { message: words })], { hold: true }))
    const failure = await failureOf(ways.stream(await connect(server.url)))
    expect(failure).toMatchObject(told)
    expect(failure.message).toContain(words)
  }
})

test('stream: an error as an event, and one that is not declared', async () => {
  server.answer(streamAnswer([messageStart, event('throttlingException', { message: 'Slow down' })]))
  expect(await failureOf(ways.stream(await connect(server.url)))).toMatchObject({ kind: 'rate-limit' })
  server.answer(streamAnswer([messageStart, undeclaredError('InternalFailure', 'Oops')]))
  const failure = await failureOf(ways.stream(await connect(server.url)))
  expect(failure).toMatchObject({ kind: 'server', providerCode: 'InternalFailure' })
  expect(failure.message).toBe('Amazon Bedrock answered 200 InternalFailure: Oops')
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

test('an error whose words do not come is told by its status, and its connection closed', async () => {
  const clock: Clock = {
    now: () => 0,
    wallTime: () => 0,
    schedule(delayMs, run) {
      if (delayMs === 5000) queueMicrotask(run)
      return { cancel() {} }
    },
  }
  const own = await startWireServer()
  own.answer({ ...errorAnswer(429, 'ThrottlingException', 'Slow down'), cutAt: 3, hold: true })
  const provider = await connect(own.url)
  for (const call of [provider.chat(request, { clock }), collect(provider.stream(request, { clock }))]) {
    expect(await failureOf(call)).toMatchObject({ kind: 'rate-limit', status: 429 })
  }
  await vi.waitFor(() => expect(own.openSockets).toBe(0))
  await own.close()
})

test.each(['somewhere', 'ftp://127.0.0.1', 'https://user:pass@127.0.0.1'])('%s is no address', async (baseURL) => {
  const error = await connect(baseURL).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'invalid-config' })
  expect(inspect(error)).not.toContain('user:pass')
})
