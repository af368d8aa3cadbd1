import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatResponse, Provider, StreamEvent } from '@llmfb/core/provider'
import { collectStream } from '@llmfb/core/provider'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

let server: WireServer
let provider: Provider
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())
beforeEach(async () => {
  provider = await connect({ baseURL: server.url, api: 'responses' })
})

const request = { model: 'gpt-6-astra', messages: [{ role: 'user', content: 'Hi' }] } as const

type Fields = Readonly<Record<string, unknown>>

function response(change: Fields = {}): Fields {
  return { id: 'resp_1', object: 'response', model: 'gpt-6-astra-1', status: 'completed', error: null, ...change }
}

function event(type: string, fields: Fields): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

function answers(body: Fields): Promise<ChatResponse> {
  server.answer({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return provider.chat(request)
}

function streams(...events: readonly string[]): AsyncIterable<StreamEvent> {
  server.answer({ headers: { 'content-type': 'text/event-stream' }, body: events.join('') })
  return provider.stream(request)
}

const say = (text: string): Fields => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] })
const said = event('response.output_item.done', { output_index: 0, item: say('Hello.') })
const completed = event('response.completed', { response: response() })

describe('the end of an answer', () => {
  test.each<readonly [string, Fields, object]>([
    ['is a stop', {}, { unified: 'stop', raw: 'completed' }],
    [
      'is the limit of tokens',
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      { unified: 'length', raw: 'max_output_tokens' },
    ],
    [
      'is the filter',
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      { unified: 'content-filter', raw: 'content_filter' },
    ],
    ['is cut for a reason of tomorrow', { status: 'incomplete' }, { unified: 'other', raw: 'incomplete' }],
  ])('%s', async (_name, change, expected) => {
    const whole = await answers(response({ output: [say('Hello.')], ...change }))
    const end = event(`response.${'status' in change ? 'incomplete' : 'completed'}`, { response: response(change) })
    const streamed = await collectStream(streams(said, end))
    expect([whole.finishReason, streamed.finishReason]).toEqual([expected, expected])
    expect([whole.text, streamed.text]).toEqual(['Hello.', 'Hello.'])
  })

  it('is a refusal, whose words are text', async () => {
    const content = [{ type: 'refusal', refusal: 'I cannot.' }]
    const whole = await answers(response({ output: [{ type: 'message', content }] }))
    const delta = event('response.refusal.delta', { output_index: 0, delta: 'I cannot.' })
    const streamed = await collectStream(streams(delta, completed))
    for (const { text, finishReason } of [whole, streamed]) {
      expect([text, finishReason]).toEqual(['I cannot.', { unified: 'content-filter', raw: 'completed' }])
    }
  })
})

it('fails where the service cannot read its own item, which others do without', async () => {
  const error = {
    message: 'It could not be verified.',
    type: 'invalid_request_error',
    code: 'invalid_encrypted_content',
  }
  server.answer({
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { ...error, param: null } }),
  })
  const expected = { kind: 'unknown', status: 400, providerCode: 'invalid_encrypted_content' }
  await expect(provider.chat(request)).rejects.toMatchObject(expected)
  await expect(collectStream(provider.stream(request))).rejects.toMatchObject(expected)
})

describe('a failure within a 200', () => {
  const failed = response({
    status: 'failed',
    error: { code: 'rate_limit_exceeded', message: 'Slow down' },
    output: [],
  })

  it('is told of in a whole answer', async () => {
    await expect(answers(failed)).rejects.toMatchObject({ kind: 'rate-limit', providerCode: 'rate_limit_exceeded' })
    await expect(answers(response({ status: 'failed', output: [] }))).rejects.toMatchObject({ kind: 'server' })
    await expect(answers(response({ status: 'cancelled', output: [] }))).rejects.toMatchObject({ kind: 'truncated' })
    await expect(answers(response({ output: [] }))).rejects.toMatchObject({ kind: 'empty' })
    await expect(answers(response())).rejects.toMatchObject({ kind: 'malformed' })
  })

  test.each([
    ['server_error', 'server'],
    ['invalid_prompt', 'content-filter'],
    ['image_content_policy_violation', 'content-filter'],
    ['bio_policy', 'content-filter'],
    ['invalid_image_url', 'invalid-request'],
    ['failed_to_download_image', 'invalid-request'],
    ['vector_store_timeout', 'timeout'],
    ['a_code_of_tomorrow', 'server'],
  ])('says %s, which is %s', async (code, kind) => {
    const error = { code, message: 'Oh' }
    await expect(answers(response({ status: 'failed', error, output: [] }))).rejects.toMatchObject({ kind })
    const failing = event('response.failed', { response: response({ status: 'failed', error }) })
    await expect(collectStream(streams(failing))).rejects.toMatchObject({ kind, providerCode: code })
  })

  test.each<readonly [string, readonly string[], object]>([
    ['a failed response', [event('response.failed', { response: failed })], { kind: 'rate-limit' }],
    ['a failure without words', [event('response.failed', { response: null })], { kind: 'server' }],
    [
      'an error',
      [event('error', { code: 'insufficient_quota', message: 'No money', param: null })],
      { kind: 'quota', providerCode: 'insufficient_quota' },
    ],
    ['an error in an object', [event('error', { error: { type: 'server_error', message: 'Oh' } })], { kind: 'server' }],
    ['no end', [said], { kind: 'truncated' }],
    ['the end marker of the other API', [said, 'data: [DONE]\n\n'], { kind: 'truncated' }],
    ['nothing', [completed], { kind: 'empty' }],
    ['no JSON', [said, 'data: {"type":\n\n'], { kind: 'malformed' }],
    ['an event of no kind', ['data: {"choices":[]}\n\n'], { kind: 'malformed' }],
    [
      'a call that has no end',
      [
        event('response.output_item.added', {
          output_index: 0,
          item: { type: 'function_call', call_id: 'c', name: 'f' },
        }),
        completed,
      ],
      { kind: 'malformed' },
    ],
  ])('is told of in a stream that holds %s', async (_name, events, expected) => {
    await expect(collectStream(streams(...events))).rejects.toMatchObject({ ...expected, provider: 'openai' })
  })
})

it('goes on with an answer whose items are handed back as they came', async () => {
  const item = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [
      { type: 'summary_text', text: 'First. ' },
      { type: 'summary_text', text: 'Then.' },
    ],
    encrypted_content: 'gAAA',
  }
  const message = { ...say('I look.'), phase: 'commentary' }
  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'weather', arguments: '{}' }
  const summary = (delta: string): string => event('response.reasoning_summary_text.delta', { output_index: 0, delta })
  const done = (output_index: number, each: Fields): string =>
    event('response.output_item.done', { output_index, item: each })
  const output = [item, message, call]
  const whole = await answers(response({ output }))
  const streamed = await collectStream(
    streams(summary('First. '), summary('Then.'), ...output.map((each, index) => done(index, each)), completed),
  )
  expect(streamed.content).toEqual(whole.content)
  expect(whole.finishReason.unified).toBe('tool-calls')
  expect(whole.content.map(({ type }) => type)).toEqual(['reasoning', 'text', 'tool-call'])
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(response({ output: [say('x')] })),
  })
  await provider.chat({ ...request, messages: [...request.messages, { role: 'assistant', content: whole.content }] })
  expect(server.requests.at(-1)?.body).toMatchObject({
    input: [
      { role: 'user', content: 'Hi' },
      item,
      { role: 'assistant', content: 'I look.', phase: 'commentary' },
      { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' },
    ],
  })
})

it('shows the reasoning itself where it comes, and not its summary as well', async () => {
  const item = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'In short' }],
    content: [{ type: 'reasoning_text', text: 'At length' }],
  }
  const whole = await answers(response({ output: [item, say('Yes.')] }))
  const streamed = await collectStream(
    streams(
      event('response.reasoning_text.delta', { output_index: 0, delta: 'At length' }),
      event('response.reasoning_summary_text.delta', { output_index: 0, delta: 'In short' }),
      event('response.output_item.done', { output_index: 0, item }),
      event('response.output_item.done', { output_index: 1, item: say('Yes.') }),
      completed,
    ),
  )
  expect(whole.content).toMatchObject([{ type: 'reasoning', text: 'At length' }, { text: 'Yes.' }])
  expect(streamed.content).toEqual(whole.content)
})

it('streams what a service answers as a whole', async () => {
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(response({ output: [{ ...say('Hello.'), phase: 'final_answer' }] })),
  })
  const { content } = await collectStream(provider.stream(request))
  expect(content).toEqual([
    { type: 'text', text: 'Hello.', opaque: { issuer: 'openai', data: { phase: 'final_answer' } } },
  ])
})
