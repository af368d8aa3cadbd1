import { startWireServer, type WireAnswer, type WireServer } from '@llmfb/conformance'
import { type ChatRequest, createRouter, type Message, type TargetConfig } from '@llmfb/core'
import { staticAnswers } from '@llmfb/provider-static'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { picture, question, resultsOf, system, toolNames, tools } from './conversation.ts'
import type { Said } from './said.ts'
import { type Service, services } from './services.ts'

const servers = new Map<string, WireServer>()

beforeAll(async () => {
  for (const { id } of services) servers.set(id, await startWireServer())
})
afterAll(async () => {
  await Promise.all([...servers.values()].map((server) => server.close()))
})

const weather = 'Let me look at the sky and at the clock.'
const secretOf = ({ id }: Service): string => Buffer.from(`for the eyes of ${id} only`).toString('base64')

function serverOf({ id }: Service): WireServer {
  const server = servers.get(id)
  if (server === undefined) throw new Error(`${id} has no server`)
  return server
}

function pluginOf(service: Service): ReturnType<Service['connect']> {
  const baseURL = `${serverOf(service).url}${service.basePath ?? ''}`
  return service.connect({ id: service.id, apiKey: 'a-key-for-pairs', baseURL })
}

function targetOf({ id, model, parameters }: Service): TargetConfig {
  return { model: `${id}/${model}`, ...(parameters && { parameters }) }
}

function callsTools(service: Service): WireAnswer {
  const [first, second] = service.callIds
  return say(service, weather, '', [
    { id: first, name: toolNames[0], input: { city: 'Paris' } },
    { id: second, name: toolNames[1], input: { city: 'Paris' } },
  ])
}

function say(service: Service, reasoning: string, text: string, calls: Said['calls'] = []): WireAnswer {
  return service.answer({ model: service.model, reasoning, signature: secretOf(service), text, calls })
}

/** The body of the newest request, which has to be the only one since `before`. */
function onlyBodySince(service: Service, before: number): string {
  const requests = serverOf(service).requests.slice(before)
  expect(requests).toHaveLength(1)
  const [request] = requests
  if (request === undefined) throw new Error('nothing was asked')
  expect(service.findProblems(request), `what ${service.id} cannot take`).toEqual([])
  return JSON.stringify(request.body)
}

/** What nobody is to see but who issued it. */
function expectNoSecrets(body: string, reader: Service): void {
  const others = services.filter(({ id }) => id !== reader.id)
  for (const other of others) expect(body, `a secret of ${other.id}`).not.toContain(secretOf(other))
  if (reader.id !== 'openai-responses') expect(body).not.toMatch(/rs_68af4030baa48193b0|encrypted_content":"/)
}

/** Nothing of the conversation is lost, whoever reads it. */
function expectWhole(body: string, expected: readonly string[]): void {
  for (const text of [system, question, picture, ...toolNames, ...expected]) expect(body).toContain(text)
}

describe.each(services)('from $id', (first) => {
  it.each(services.filter((other) => other !== first))('to $id and back', async (second) => {
    const router = createRouter({
      providers: [pluginOf(first), pluginOf(second)],
      routes: { chat: { stages: [{ targets: [targetOf(first), targetOf(second)] }] } },
      experimental: ['*'],
      env: {},
    })
    const messages: Message[] = firstMessages()
    const ask = async (): ReturnType<typeof router.chat> => await router.chat(requestOf(messages))
    const servers = { first: serverOf(first), second: serverOf(second) }

    servers.first.answer(callsTools(first))
    let before = servers.first.requests.length
    const called = await ask()
    onlyBodySince(first, before)
    expect(called.provider).toBe(first.id)
    const calls = called.content.filter((part) => part.type === 'tool-call')
    expect(calls.map(({ name }) => name)).toEqual(toolNames)
    if (first.callIds[0] !== '') expect(calls.map(({ id }) => id)).toEqual(first.callIds)
    messages.push({ role: 'assistant', content: called.content }, resultsOf(calls))

    servers.first.answer(first.unavailable)
    servers.second.answer(say(second, 'Sun and noon.', 'It is sunny, and noon.'))
    before = servers.first.requests.length
    const beforeSecond = servers.second.requests.length
    const answered = await ask()
    expect(answered.provider).toBe(second.id)
    expect(answered.text).toBe('It is sunny, and noon.')
    expect(answered.attempts).toHaveLength(2)
    expect(onlyBodySince(first, before)).toContain('21 degrees')
    const handedOver = onlyBodySince(second, beforeSecond)
    expectNoSecrets(handedOver, second)
    expectWhole(handedOver, ['21 degrees', 'It is noon'])
    messages.push({ role: 'assistant', content: answered.content }, { role: 'user', content: 'And tomorrow?' })

    servers.first.answer(say(first, 'Clouds.', 'Clouds come.'))
    before = servers.first.requests.length
    const back = await ask()
    expect([back.provider, back.text]).toEqual([first.id, 'Clouds come.'])
    const returned = onlyBodySince(first, before)
    expectNoSecrets(returned, first)
    expectWhole(returned, ['21 degrees', 'It is noon', 'It is sunny, and noon.', 'And tomorrow?'])
    if (first.signs) expect(returned, 'what it signed goes back to it').toContain(secretOf(first))
    router.dispose()
  })

  it('to a canned answer and back', async () => {
    const router = createRouter({
      providers: [pluginOf(first), staticAnswers({ answers: { apology: 'We are sorry.' } })],
      routes: { chat: { stages: [{ targets: [targetOf(first), 'static/apology'] }] } },
      experimental: ['*'],
      env: {},
    })
    const server = serverOf(first)
    const messages: Message[] = firstMessages()
    server.answer(callsTools(first))
    const { content } = await router.chat(requestOf(messages))
    messages.push({ role: 'assistant', content }, resultsOf(content.filter((part) => part.type === 'tool-call')))

    server.answer(first.unavailable)
    const answered = await router.chat(requestOf(messages))
    expect([answered.provider, answered.text, answered.degraded]).toEqual(['static', 'We are sorry.', true])
    messages.push({ role: 'assistant', content: answered.content }, { role: 'user', content: 'And now?' })

    server.answer(say(first, 'Clouds.', 'Clouds come.'))
    const before = server.requests.length
    expect((await router.chat(requestOf(messages))).text).toBe('Clouds come.')
    expectWhole(onlyBodySince(first, before), ['21 degrees', 'We are sorry.', 'And now?'])
    router.dispose()
  })
})

function firstMessages(): Message[] {
  const cacheBreakpoint = {}
  return [
    { role: 'system', content: [{ type: 'text', text: system, cacheBreakpoint }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: question, cacheBreakpoint },
        { type: 'image', image: { data: picture, mediaType: 'image/png' }, cacheBreakpoint },
      ],
    },
  ]
}

function requestOf(messages: readonly Message[]): ChatRequest {
  return { model: 'chat', messages: [...messages], tools, reasoning: { effort: 'low' } }
}
