import { startWireServer, type WireAnswer, type WireServer } from '@llmfb/conformance'
import type { Clock } from '@llmfb/core/provider'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { clock, connect, rejectionOf } from './connect.ts'

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

const json = (body: unknown, status = 200): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const failure = (code: number, type: string, message: string): WireAnswer =>
  json({ error: { code, message, type } }, code)
const loading = failure(503, 'unavailable_error', 'Loading model')

/** Answers by path; what is not there is answered as llama-server does. */
function answer(answers: Readonly<Record<string, WireAnswer>>): void {
  server.answer(({ path }) => answers[path] ?? failure(404, 'not_found_error', 'File Not Found'))
}
const asked = (): string[] => server.requests.map(({ method, path }) => `${method} ${path}`)

describe('embeddings', () => {
  const item = (index: number, embedding: unknown): object => ({ object: 'embedding', index, embedding })

  it('come back in order, with their tokens', async () => {
    answer({
      '/v1/embeddings': json({
        model: 'nomic',
        object: 'list',
        usage: { prompt_tokens: 8, total_tokens: 8 },
        data: [item(1, [3, 4]), item(0, [0.5, -2])],
      }),
    })
    const { embeddings } = await connect({ baseURL: `${server.url}/v1`, apiKey: 'a-key-of-it' })
    expect(await embeddings?.embed({ model: 'm', inputs: ['a', 'b'] })).toEqual({
      embeddings: [
        [0.5, -2],
        [3, 4],
      ],
      model: 'nomic',
      provider: 'llamacpp',
      usage: {
        uncachedInputTokens: 8,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        outputTextTokens: 0,
        reasoningTokens: 0,
      },
    })
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer a-key-of-it')
    expect(server.requests[0]?.body).toEqual({ model: 'm', input: ['a', 'b'], encoding_format: 'float' })
  })

  test.each([
    {},
    { data: [item(0, [1])] },
    { data: [item(0, [1]), item(0, [2])] },
    { data: [item(0, [1]), item(5, [2])] },
    { data: [item(0, [1]), item(1, [])] },
    { data: [item(0, [1]), item(1, ['a'])] },
    { data: [item(0, [1]), null] },
  ])('%j is malformed', async (body) => {
    answer({ '/v1/embeddings': json(body) })
    const { embeddings } = await connect({ baseURL: server.url })
    const failed = await rejectionOf(embeddings?.embed({ model: 'm', inputs: ['a', 'b'] }))
    expect(failed).toMatchObject({ kind: 'malformed', model: 'm', provider: 'llamacpp' })
  })

  it('need a server that was started for them', async () => {
    answer({ '/v1/embeddings': failure(501, 'not_supported_error', 'Start it with `--embeddings`') })
    const { embeddings } = await connect({ baseURL: server.url })
    const expected = { kind: 'model-not-found', message: expect.stringContaining('--embeddings') }
    expect(await rejectionOf(embeddings?.embed({ model: 'm', inputs: ['a'] }))).toMatchObject(expected)
  })
})

it('models have the window that they run with, or were trained with', async () => {
  const data = [
    { id: 'a.gguf', object: 'model', meta: { n_ctx_train: 131_072 } },
    { id: 'b.gguf', object: 'model', meta: { n_ctx: 8192, n_ctx_train: 131_072 } },
    { id: 'c.gguf', object: 'model', meta: null },
    null,
  ]
  answer({ '/v1/models': json({ object: 'list', data }) })
  const { models } = await connect({ baseURL: server.url })
  const expected = [{ id: 'a.gguf', contextWindow: 131_072 }, { id: 'b.gguf', contextWindow: 8192 }, { id: 'c.gguf' }]
  expect(await models?.list()).toEqual(expected)
  expect(await models?.list()).toEqual(expected)
  expect(asked()).toEqual(['GET /v1/models'])
})

describe('tokens', () => {
  const request = {
    model: 'm',
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ name: 'weather', parameters: { type: 'object' } }],
  } as const

  it('are counted by the server, tools included', async () => {
    answer({ '/v1/chat/completions/input_tokens': json({ object: 'response.input_tokens', input_tokens: 11 }) })
    const { tokens } = await connect({ baseURL: server.url })
    expect(await tokens?.count(request)).toEqual({ tokens: 11, method: 'exact' })
    expect(server.requests[0]?.body).toMatchObject({ messages: request.messages, tools: [{ type: 'function' }] })
  })

  it('are counted by template and tokenizer of older builds, which are asked once whether they are older', async () => {
    answer({ '/apply-template': json({ prompt: '<user>Hi' }), '/tokenize': json({ tokens: [1, 2, 3] }) })
    const { tokens } = await connect({ baseURL: server.url })
    expect(await tokens?.count(request)).toEqual({ tokens: 3, method: 'exact' })
    const image = { type: 'image', image: { url: 'https://example.org/a.png' } } as const
    const withImage = { ...request, messages: [{ role: 'user', content: [image] }] } as const
    expect(await tokens?.count(withImage)).toEqual({ tokens: 3, method: 'estimate' })
    const byTemplate = ['POST /apply-template', 'POST /tokenize']
    expect(asked()).toEqual(['POST /v1/chat/completions/input_tokens', ...byTemplate, ...byTemplate])
    expect(server.requests[2]?.body).toEqual({
      model: 'm',
      content: '<user>Hi',
      add_special: true,
      parse_special: true,
    })
  })

  test.each([
    [{ '/v1/chat/completions/input_tokens': json({}) }],
    [{ '/apply-template': json({}) }],
    [{ '/apply-template': json({ prompt: 'a' }), '/tokenize': json({ tokens: 3 }) }],
  ])('malformed: %j', async (answers) => {
    answer(answers)
    const { tokens } = await connect({ baseURL: server.url })
    expect(await rejectionOf(tokens?.count(request))).toMatchObject({ kind: 'malformed' })
  })
})

describe('health', () => {
  it('is free, and says when the model is being loaded', async () => {
    answer({ '/health': json({ status: 'ok' }) })
    const { health } = await connect({ baseURL: server.url })
    expect(health?.cost).toBe('free')
    await health?.probe()
    answer({ '/health': loading })
    expect(await rejectionOf(health?.probe())).toMatchObject({ kind: 'warming', status: 503 })
    answer({ '/health': json({ hello: 'world' }) })
    expect(await rejectionOf(health?.probe())).toMatchObject({ kind: 'malformed' })
  })
})

describe('warming up', () => {
  const props = json({ default_generation_settings: { n_ctx: 2048 }, modalities: { vision: false } })

  it('waits until the model is loaded, and learns its window and what it sees', async () => {
    let looks = 3
    server.answer(({ path }) => (path === '/health' ? (looks-- > 0 ? loading : json({ status: 'ok' })) : props))
    const provider = await connect({ baseURL: server.url })
    await provider.warmUp?.warmUp('my model')
    expect(asked()).toEqual([...Array.from({ length: 4 }, () => 'GET /health'), 'GET /props?model=my%20model'])
    expect(provider.capabilities('my model')).toMatchObject({ input: [], contextWindow: 2048 })
    expect(provider.capabilities('another')).toMatchObject({ input: ['image'] })
  })

  it('is content with a server that does not describe itself', async () => {
    answer({ '/health': json({ status: 'ok' }) })
    const provider = await connect({ baseURL: server.url })
    await provider.warmUp?.warmUp('m')
    expect(provider.capabilities('m')).toMatchObject({ input: ['image'] })
  })

  it('waits no longer than it may, by the clock of the call', async () => {
    answer({ '/health': loading })
    let end = (): void => {}
    const time: Clock = {
      ...clock,
      schedule(delayMs, run) {
        if (delayMs !== 60_000) return clock.schedule(delayMs, run)
        end = run
        return { cancel() {} }
      },
    }
    const { warmUp } = await connect({ baseURL: server.url, warmUpTimeoutMs: 60_000 })
    const waiting = rejectionOf(warmUp?.warmUp('m', { clock: time }))
    while (server.requests.length < 3) await new Promise<void>((done) => void clock.schedule(5, done))
    end()
    expect(await waiting).toMatchObject({ kind: 'warming', model: 'm', message: expect.stringContaining('60000 ms') })
  })

  it('ends when it is aborted, also while it waits for the next look', async () => {
    answer({ '/health': loading })
    const running = new Set<object>()
    const time: Clock = {
      ...clock,
      schedule(delayMs, run) {
        const timer = clock.schedule(delayMs, () => {
          running.delete(timer)
          run()
        })
        running.add(timer)
        return {
          cancel() {
            running.delete(timer)
            timer.cancel()
          },
        }
      },
    }
    const { warmUp } = await connect({ baseURL: server.url })
    const controller = new AbortController()
    const waiting = rejectionOf(warmUp?.warmUp('m', { signal: controller.signal, clock: time }))
    while (server.requests.length < 2) await new Promise<void>((done) => void clock.schedule(5, done))
    controller.abort('enough')
    expect(await waiting).toBe('enough')
    expect(running.size).toBe(0)
  })

  it('does not wait for a server that is not there', async () => {
    await server.refuse()
    const { warmUp } = await connect({ baseURL: server.url })
    expect(await rejectionOf(warmUp?.warmUp('m'))).toMatchObject({ kind: 'network' })
    await server.listen()
  })
})
