import { startWireServer, type WireServer } from '@llmfb/conformance'
import { type AssistantPart, collectStream, type Message, type TextPart } from '@llmfb/core/provider'
import type { ChatCompletionsDialect, MessageExtension } from '@llmfb/openai-compatible'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chunk, completion, eventStream, json, sse } from './bodies.ts'
import { connect, everything } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

/** Messages have a mood, which comes back to its issuer, and files have a field of their own. */
const extension: MessageExtension = {
  write({ content }, { provider }) {
    const parts = typeof content === 'string' ? [] : content
    const files = parts.filter((part) => part.type === 'file')
    const own = parts.flatMap((part) => ('opaque' in part && part.opaque?.issuer === provider ? [part.opaque] : []))
    return {
      fields: { ...(own[0] && { mood: own[0].data }), ...(files.length > 0 && { files: files.length }) },
      written: new Set([...files, ...own]),
    }
  },
  createReader({ provider }) {
    let mood = ''
    return {
      read(message) {
        if (typeof message['mood'] === 'string') mood += message['mood']
      },
      parts() {
        const own: TextPart = { type: 'text', text: '', opaque: { issuer: provider, data: mood } }
        return mood === '' ? [] : [own, { type: 'file', file: { url: `https://a.example/${mood}` } }]
      },
    }
  },
}

const ask = async (content: Message, dialect: ChatCompletionsDialect): Promise<unknown> => {
  server.answer({ headers: json, body: JSON.stringify(completion()) })
  const provider = connect({ baseURL: server.url, dialect, capabilities: () => ({ ...everything, promptCache: true }) })
  await provider.chat({ model: 'm', messages: [content] })
  return server.requests.at(-1)?.body
}

describe('fields that messages have beside those of OpenAI', () => {
  const opaque = { issuer: 'compatible', data: 'glad' }
  const said: readonly AssistantPart[] = [
    { type: 'text', text: 'Hello.', opaque },
    { type: 'file', file: { url: 'https://a.example/glad' } },
  ]

  it('are read from answers and streams alike', async () => {
    const provider = connect({ baseURL: server.url, dialect: { extension } })
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
    const message = { role: 'assistant', content: 'Hello.', mood: 'glad' }
    server.answer({ headers: json, body: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }) })
    expect((await provider.chat(request)).content).toEqual(said)
    const chunks = [
      chunk({ mood: 'gl' }),
      chunk({ content: 'Hello.' }),
      chunk({ mood: 'ad' }),
      chunk({}, 'stop'),
      '[DONE]',
    ]
    server.answer({ headers: sse, body: eventStream(...chunks) })
    expect((await collectStream(provider.stream(request))).content).toEqual(said)
  })

  it('are written with the message, and nothing else is made of what they say', async () => {
    expect(await ask({ role: 'assistant', content: said }, { extension })).toMatchObject({
      messages: [{ role: 'assistant', content: 'Hello.', mood: 'glad', files: 1 }],
    })
    const file = { type: 'file', file: { url: 'https://a.example/b' } } as const
    expect(await ask({ role: 'user', content: [{ type: 'text', text: 'Hi' }, file] }, { extension })).toMatchObject({
      messages: [{ role: 'user', content: 'Hi', files: 1 }],
    })
    expect(await ask({ role: 'user', content: [file] }, { extension })).toMatchObject({
      messages: [{ role: 'user', content: '', files: 1 }],
    })
  })
})

it('marks messages where a service has breakpoints there', async () => {
  const content = [
    { type: 'text', text: 'a', cacheBreakpoint: { ttl: '1h' } },
    { type: 'text', text: 'b' },
  ] as const
  expect(await ask({ role: 'user', content }, { cacheBreakpoints: 'custom_fields' })).toEqual({
    model: 'm',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
        custom_fields: { cache_breakpoint: { ttl: '1h' } },
      },
    ],
  })
})

it('has facets of its own, and more than one list of models', async () => {
  server.answer(({ path }) => ({ headers: json, body: JSON.stringify({ data: [{ id: path }, { id: 'both' }] }) }))
  const provider = connect({
    baseURL: server.url,
    dialect: { modelPaths: ['/one', '/two'] },
    models: true,
    facets: (call) => ({
      health: {
        cost: 'metered',
        probe: async (options) => {
          await call({ path: '/well' }, options)
        },
      },
    }),
  })
  expect(await provider.models?.list()).toEqual([{ id: '/one' }, { id: 'both' }, { id: '/two' }])
  await provider.health?.probe()
  expect(provider.health?.cost).toBe('metered')
  expect(server.requests.slice(-3).map(({ path }) => path)).toEqual(['/one', '/two', '/well'])
})

it('sends options as headers that belong there', async () => {
  server.answer({ headers: json, body: JSON.stringify(completion()) })
  const provider = connect({ baseURL: server.url, dialect: { headerOptions: { job: 'x-job' } } })
  const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } as const
  await provider.chat({ ...request, providerOptions: { compatible: { job: 'j-1', tier: 'flex' } } })
  expect(server.requests.at(-1)).toMatchObject({ headers: { 'x-job': 'j-1' }, body: { tier: 'flex' } })
  expect(server.requests.at(-1)?.body).not.toHaveProperty('job')
  const asked = server.requests.length
  const wrong = provider.chat({ ...request, providerOptions: { compatible: { job: ['j-1'] } } })
  await expect(wrong).rejects.toMatchObject({
    kind: 'invalid-request',
    message: expect.stringContaining('compatible.job'),
  })
  expect(server.requests).toHaveLength(asked)
})
