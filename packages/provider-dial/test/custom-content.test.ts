import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { AssistantPart, ChatRequest, ChatResponse, Message, UserPart } from '@llmfb/core/provider'
import { collectStream } from '@llmfb/core/provider'
import { deepStrictEqual } from 'node:assert/strict'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { connect } from './connect.ts'
import { description } from './description.ts'

const model = 'applications/public/our-app'
const question = { role: 'user', content: 'Hi' } as const
const json = { 'content-type': 'application/json' }

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(async () => {
  for (const request of server.requests) deepStrictEqual(description?.problemsOf(request) ?? [], [])
  await server.close()
})

const state = { claude_message_content: [{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }] }
const attachments = [
  { type: 'image/png', title: 'Chart', data: 'iVBORw==' },
  { type: 'application/pdf', title: 'b.pdf', url: 'files/b/b.pdf', reference_url: 'https://a.example/b' },
  { type: 'text/markdown', title: 'Found', data: '**Да**', reference_url: 'https://a.example' },
  { type: 'image/png', url: 'data:image/png;base64,AQID' },
  { title: 'no more than a title' },
]
/** Paths in DIAL's storage have become addresses. */
const files = (): readonly object[] => [
  { type: 'file', file: { data: 'iVBORw==', mediaType: 'image/png' }, filename: 'Chart' },
  { type: 'file', file: { url: `${server.url}/v1/files/b/b.pdf` }, filename: 'b.pdf' },
  { type: 'file', file: { data: 'KirQlNCwKio=', mediaType: 'text/markdown' }, filename: 'Found' },
  { type: 'file', file: { data: 'AQID', mediaType: 'image/png' } },
]
const opaque = { issuer: 'dial', model, data: { attachments, state } }

async function answer(message: object): Promise<ChatResponse> {
  server.answer({ headers: json, body: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }) })
  return (await connect({ baseURL: server.url })).chat({ model, messages: [question] })
}

async function stream(...deltas: readonly object[]): Promise<ChatResponse> {
  const chunks = [
    ...deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }], usage: null })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null },
  ]
  server.answer({
    headers: { 'content-type': 'text/event-stream' },
    body: `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`,
    pieces: 'bytes',
  })
  return collectStream((await connect({ baseURL: server.url })).stream({ model, messages: [question] }))
}

interface Sent {
  readonly messages: readonly unknown[]
  readonly warnings: readonly (string | undefined)[]
}

async function send(messages: readonly Message[], change: Partial<ChatRequest> = {}): Promise<Sent> {
  server.answer({
    headers: json,
    body: JSON.stringify({ choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }] }),
  })
  const { warnings } = await (await connect({ baseURL: server.url })).chat({ model, messages, ...change })
  const body = server.requests.at(-1)?.body as { readonly messages: readonly unknown[] }
  return { messages: body.messages, warnings: warnings.map(({ parameter }) => parameter) }
}

describe('attachments and state of an answer', () => {
  const content = (): readonly object[] => [{ type: 'text', text: 'See.', opaque }, ...files()]

  it('are files, and are kept for the way back', async () => {
    const read = await answer({ content: 'See.', custom_content: { attachments, state, stages: [{ name: 'Search' }] } })
    expect(read).toMatchObject({ text: 'See.', content: content() })
  })

  it('are joined from a stream as DIAL joins them', async () => {
    const custom = (custom_content: object): object => ({ custom_content })
    const [image, pdf, ...others] = attachments.map((attachment, index) => ({ index, ...attachment }))
    const read = await stream(
      { role: 'assistant' },
      custom({ stages: [{ index: 0, name: 'Search', status: null }] }),
      custom({ attachments: [{ ...image, data: 'iVBO' }] }),
      { content: 'Se' },
      custom({ attachments: [pdf, { index: 0, data: 'Rw==' }] }),
      custom({ attachments: others }),
      { content: 'e.' },
      custom({ state: {} }),
      custom({ state }),
    )
    expect(read).toMatchObject({ text: 'See.', content: content() })
  })

  it('go back as they came, and once', async () => {
    const { content: parts } = await answer({ content: 'See.', custom_content: { attachments, state } })
    expect(await send([question, { role: 'assistant', content: parts }, question])).toEqual({
      messages: [question, { role: 'assistant', content: 'See.', custom_content: { attachments, state } }, question],
      warnings: [],
    })
  })

  it('stand alone where there is no text', async () => {
    const [image] = attachments
    const read = await answer({ content: null, custom_content: { attachments: [image] } })
    expect(read.content).toEqual([
      { type: 'text', text: '', opaque: { issuer: 'dial', model, data: { attachments: [image] } } },
      files()[0],
    ])
    const { messages } = await send([question, { role: 'assistant', content: read.content }, question])
    expect(messages[1]).toEqual({ role: 'assistant', content: '', custom_content: { attachments: [image] } })
  })

  it('stand before the calls of an answer', async () => {
    const call = { index: 0, id: 'c', type: 'function', function: { name: 'weather', arguments: '{}' } }
    const called = [
      { type: 'text', opaque: { issuer: 'dial', model, data: { state } } },
      { type: 'tool-call', id: 'c' },
    ]
    const custom_content = { state }
    expect((await answer({ content: null, tool_calls: [call], custom_content })).content).toMatchObject(called)
    expect((await stream({ content: null, tool_calls: [call] }, { custom_content })).content).toMatchObject(called)
  })

  it('go to no other deployment; the files do', async () => {
    const own = content() as readonly AssistantPart[]
    const { messages, warnings } = await send([question, { role: 'assistant', content: own }, question], {
      model: 'gpt-4o',
    })
    expect(messages[1]).toEqual({
      role: 'assistant',
      content: 'See.',
      custom_content: {
        attachments: [
          { type: 'image/png', title: 'Chart', data: 'iVBORw==' },
          { type: 'application/pdf', title: 'b.pdf', url: 'files/b/b.pdf' },
          { type: 'text/markdown', title: 'Found', data: 'KirQlNCwKio=' },
          { type: 'image/png', data: 'AQID' },
        ],
      },
    })
    expect(warnings).toEqual(['messages[1].content[0].opaque'])
  })

  it('are joined by a file that somebody put beside them', async () => {
    const more = { type: 'file', file: { url: 'https://a.example/c' } } as const
    const own = [...content(), more] as readonly AssistantPart[]
    const { messages } = await send([question, { role: 'assistant', content: own }, question])
    expect(messages[1]).toMatchObject({
      custom_content: {
        attachments: [...attachments, { type: 'application/octet-stream', url: 'https://a.example/c' }],
      },
    })
  })

  test.each([null, 'text', [], {}, { attachments: null, state: null }, { attachments: ['x'] }])(
    'that are none are none: %j',
    async (custom_content) => {
      const { content: parts } = await answer({ content: 'See.', custom_content })
      expect(parts).toEqual([{ type: 'text', text: 'See.' }])
    },
  )
})

describe('files of a user', () => {
  const attached = async (part: UserPart): Promise<unknown> => {
    const { messages, warnings } = await send([{ role: 'user', content: [{ type: 'text', text: 'Read.' }, part] }])
    expect(warnings).toEqual([])
    return messages[0]
  }

  test.each<[string, UserPart, object]>([
    [
      'bytes',
      { type: 'file', file: { data: new Uint8Array([1, 2, 3]), mediaType: 'application/pdf' }, filename: 'a.pdf' },
      { type: 'application/pdf', data: 'AQID', title: 'a.pdf' },
    ],
    ['sound', { type: 'file', file: { data: 'AQID', mediaType: 'audio/wav' } }, { type: 'audio/wav', data: 'AQID' }],
    [
      'an address with an end that tells',
      { type: 'file', file: { url: 'https://a.example/b.PDF?x=1' } },
      { type: 'application/pdf', url: 'https://a.example/b.PDF?x=1' },
    ],
    [
      'an address that tells nothing',
      { type: 'file', file: { url: 'https://a.example/b' } },
      { type: 'application/octet-stream', url: 'https://a.example/b' },
    ],
    [
      'a data address',
      { type: 'file', file: { url: 'data:text/csv;base64,AQID' } },
      { type: 'text/csv', url: 'data:text/csv;base64,AQID' },
    ],
  ])('are attachments: %s', async (_name, part, attachment) => {
    expect(await attached(part)).toEqual({
      role: 'user',
      content: 'Read.',
      custom_content: { attachments: [attachment] },
    })
  })

  it("lie in DIAL's storage by their paths, pictures as well", async () => {
    for (const host of [server.url, `${server.url}/openai/`]) {
      server.answer({
        headers: json,
        body: JSON.stringify({ choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }] }),
      })
      const url = `${server.url}/v1/files/b/c.webp`
      const content = [
        { type: 'text', text: 'Read.' },
        { type: 'image', image: { url } },
        { type: 'file', file: { url: `${server.url}/v1/files/b/` } },
        { type: 'image', image: { url: `${server.url}/elsewhere.png` } },
      ] as const
      await (await connect({ baseURL: host })).chat({ model, messages: [{ role: 'user', content }] })
      expect(server.requests.at(-1)?.body).toMatchObject({
        messages: [
          {
            content: [
              { type: 'text', text: 'Read.' },
              { type: 'image_url', image_url: { url: `${server.url}/elsewhere.png` } },
            ],
            custom_content: {
              attachments: [
                { type: 'image/webp', url: 'files/b/c.webp' },
                { type: 'application/octet-stream', url: 'files/b/' },
              ],
            },
          },
        ],
      })
    }
  })

  it('are pictures among the texts where they are pictures', async () => {
    const url = 'data:image/png;base64,AQID'
    expect(await attached({ type: 'file', file: { data: 'AQID', mediaType: 'image/png' } })).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: 'Read.' },
        { type: 'image_url', image_url: { url } },
      ],
    })
  })

  it('may be all there is', async () => {
    const { messages } = await send([{ role: 'user', content: [{ type: 'file', file: { url: 'files/b/' } }] }])
    expect(messages).toEqual([
      {
        role: 'user',
        content: '',
        custom_content: { attachments: [{ type: 'application/octet-stream', url: 'files/b/' }] },
      },
    ])
  })
})
