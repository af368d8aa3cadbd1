import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { Provider } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorAnswer, jsonAnswer, piece, streamAnswer } from './answers.ts'
import { collect, connect, failureOf } from './connect.ts'
import { quotaFailure, retryInfo } from './dialect.ts'

let server: WireServer
let provider: Provider
beforeAll(async () => {
  server = await startWireServer()
  provider = await connect(server.url)
})
afterAll(() => server.close())

const request = { model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'Hello' }] } as const
const info = (reason: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason })

test.each([
  [400, 'INVALID_ARGUMENT', 'invalid-request'],
  [400, 'FAILED_PRECONDITION', 'permission'],
  [401, 'UNAUTHENTICATED', 'authentication'],
  [403, 'PERMISSION_DENIED', 'permission'],
  [404, 'NOT_FOUND', 'model-not-found'],
  [429, 'RESOURCE_EXHAUSTED', 'rate-limit'],
  [499, 'CANCELLED', 'server'],
  [500, 'INTERNAL', 'server'],
  [501, 'UNIMPLEMENTED', 'invalid-request'],
  [503, 'UNAVAILABLE', 'overloaded'],
  [504, 'DEADLINE_EXCEEDED', 'timeout'],
  [418, 'A_WORD_OF_TOMORROW', 'invalid-request'],
  [502, 'constructor', 'server'],
])('%i %s', async (status, code, kind) => {
  server.answer(errorAnswer(status, code))
  const message = `Google answered ${status} ${code}: Something is wrong`
  const told = { kind, status, providerCode: code, message, provider: 'google', model: request.model }
  expect(await failureOf(provider.chat(request))).toMatchObject(told)
  expect(await failureOf(collect(provider.stream(request)))).toMatchObject(told)
})

test.each([
  ['API_KEY_INVALID', 400, 'INVALID_ARGUMENT', 'authentication'],
  ['SERVICE_DISABLED', 403, 'PERMISSION_DENIED', 'permission'],
  ['BILLING_DISABLED', 403, 'PERMISSION_DENIED', 'quota'],
  ['A_REASON_OF_TOMORROW', 403, 'PERMISSION_DENIED', 'permission'],
  ['toString', 500, 'INTERNAL', 'server'],
])('the reason %s', async (reason, status, word, kind) => {
  server.answer(errorAnswer(status, word, 'No', [info(reason)]))
  expect(await failureOf(provider.chat(request))).toMatchObject({ kind, status, providerCode: reason })
})

test.each([
  ['per minute', 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '15', 'rate-limit'],
  ['per day', 'GenerateContentInputTokensPerModelPerDay-FreeTier', '6000000', 'quota'],
  ['none at all', 'GenerateContentInputTokensPerModelPerMinute-FreeTier', '0', 'quota'],
])('a limit %s', async (_name, quotaId, value, kind) => {
  server.answer(errorAnswer(429, 'RESOURCE_EXHAUSTED', 'Slow', [quotaFailure(quotaId, value), retryInfo('17.5s')]))
  expect(await failureOf(provider.chat(request))).toMatchObject({ kind, status: 429, retryAfterMs: 17_500 })
})

test.each([
  [
    400,
    'INVALID_ARGUMENT',
    'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).',
    'context-length',
  ],
  [
    400,
    'INVALID_ARGUMENT',
    'The input token count exceeds the maximum number of tokens allowed 1048576.',
    'context-length',
  ],
  [400, 'INVALID_ARGUMENT', 'You wrote: the input token count exceeds the maximum number of tokens', 'invalid-request'],
  [429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted. Please go to AI Studio', 'quota'],
  [429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan', 'rate-limit'],
  [500, 'INTERNAL', 'Your prepayment credits are depleted.', 'server'],
])('words: %i %s %s', async (status, word, message, kind) => {
  server.answer(errorAnswer(status, word, message))
  expect((await failureOf(provider.chat(request))).kind).toBe(kind)
})

test('the header goes before the body, where both say how long to wait', async () => {
  server.answer(errorAnswer(429, 'RESOURCE_EXHAUSTED', 'Slow', [retryInfo('17s')], { 'retry-after': '3' }))
  expect((await failureOf(provider.chat(request))).retryAfterMs).toBe(3000)
  server.answer(errorAnswer(429, 'RESOURCE_EXHAUSTED', 'Slow', [retryInfo('soon')]))
  expect((await failureOf(provider.chat(request))).retryAfterMs).toBeUndefined()
})

test('an error may come in a list, as streams without events have it', async () => {
  server.answer(jsonAnswer(429, [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Slow' } }]))
  expect(await failureOf(collect(provider.stream(request)))).toMatchObject({ kind: 'rate-limit', status: 429 })
})

test('a blocked prompt is a failure, whole and streamed', async () => {
  const promptFeedback = { blockReason: 'PROHIBITED_CONTENT', blockReasonMessage: 'Not this.' }
  const told = { kind: 'content-filter', providerCode: 'PROHIBITED_CONTENT', status: 200 }
  const message = 'Google: the prompt was blocked (PROHIBITED_CONTENT): Not this.'
  server.answer(jsonAnswer(200, { promptFeedback }))
  expect(await failureOf(provider.chat(request))).toMatchObject({ ...told, message })
  server.answer(streamAnswer([{ promptFeedback }]))
  expect(await failureOf(collect(provider.stream(request)))).toMatchObject({ ...told, message })
})

test('no candidates is no answer', async () => {
  server.answer(jsonAnswer(200, { candidates: [], usageMetadata: { promptTokenCount: 3 } }))
  expect((await failureOf(provider.chat(request))).kind).toBe('empty')
  server.answer(streamAnswer([{ usageMetadata: { promptTokenCount: 3 } }]))
  expect((await failureOf(collect(provider.stream(request)))).kind).toBe('truncated')
})

test('an error within a stream has the kind that it has alone', async () => {
  const error = { error: { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded.' } }
  server.answer(streamAnswer([piece([{ text: 'One' }]), error]))
  expect(await failureOf(collect(provider.stream(request)))).toMatchObject({ kind: 'overloaded', status: 200 })
})

test('what the SDK does not send is wrong with the request', async () => {
  const before = server.requests.length
  const failure = await failureOf(provider.chat({ ...request, model: 'a?b=c' }))
  expect(failure).toMatchObject({ kind: 'invalid-request', provider: 'google' })
  expect(server.requests).toHaveLength(before)
})

test('no key is an authentication failure that says where it goes', async () => {
  const keyless = await connect(server.url, { apiKey: '' })
  const failure = await failureOf(keyless.chat(request))
  expect(failure.kind).toBe('authentication')
  expect(failure.message).toContain('GEMINI_API_KEY')
})
