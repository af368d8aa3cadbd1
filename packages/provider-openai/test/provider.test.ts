import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { ChatRequest } from '@llmfb/core/provider'
import { openai } from '@llmfb/provider-openai'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { clock, connect, logger } from './connect.ts'

const request: ChatRequest = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
  server.answer({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] }),
  })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server.close()
})

it('takes key and address from the credentials, unless they are passed in code', async () => {
  const credentials = { OPENAI_API_KEY: 'credential-key', OPENAI_BASE_URL: `${server.url}/credential` }
  const context = { id: 'openai', credentials, clock, logger }
  await (await openai().create(context)).chat(request)
  await (await openai({ apiKey: 'option-key', baseURL: `${server.url}/option` }).create(context)).chat(request)
  expect(server.requests.map(({ path, headers }) => [path, headers['authorization']])).toEqual([
    ['/credential/chat/completions', 'Bearer credential-key'],
    ['/option/chat/completions', 'Bearer option-key'],
  ])
})

it('goes to OpenAI without an address, whatever the environment says', async () => {
  vi.stubEnv('OPENAI_BASE_URL', server.url)
  const asked: string[] = []
  const provider = await connect({
    fetch: async (url) => {
      asked.push(url instanceof Request ? url.url : String(url))
      return Response.json({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] })
    },
  })
  expect((await provider.chat(request)).text).toBe('Hello.')
  expect(asked).toEqual(['https://api.openai.com/v1/chat/completions'])
})

it('sends organization and project', async () => {
  const provider = await connect({ baseURL: server.url, organization: 'org-1', project: 'proj-1' })
  await provider.chat(request)
  expect(server.requests[0]?.headers).toMatchObject({ 'openai-organization': 'org-1', 'openai-project': 'proj-1' })
})

it('says maxTokens in the word that every model knows', async () => {
  await (await connect({ baseURL: server.url })).chat({ ...request, maxTokens: 9 })
  expect(server.requests[0]?.body).toMatchObject({ max_completion_tokens: 9 })
})

it('leaves out what reasoning models refuse, and says so', async () => {
  const provider = await connect({ baseURL: server.url })
  const tuned = { temperature: 1, topP: 1, stop: ['x'], presencePenalty: 1, frequencyPenalty: 1 } as const
  const { warnings } = await provider.chat({ ...request, ...tuned, model: 'gpt-5', reasoning: { effort: 'minimal' } })
  expect(server.requests[0]?.body).toEqual({
    model: 'gpt-5',
    messages: [{ role: 'user', content: 'Hi' }],
    reasoning_effort: 'minimal',
  })
  expect(warnings.map(({ parameter }) => parameter)).toEqual(Object.keys(tuned))
})

it('is registered under the id that it was given', async () => {
  const provider = await connect({ id: 'openai-eu', baseURL: server.url })
  const response = await provider.chat({ ...request, providerOptions: { 'openai-eu': { store: true } } })
  expect([provider.id, response.provider]).toEqual(['openai-eu', 'openai-eu'])
  expect(server.requests[0]?.body).toMatchObject({ store: true })
})
