import { startWireServer, type WireServer } from '@llmfb/conformance'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorAnswer, messageAnswer } from './answers.ts'
import { connect, failureOf } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const request = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hello' }] } as const

function shown(error: Error): string {
  return inspect(error, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(error) + error.stack
}

test('the values of its own harmless headers stay', async () => {
  const message = 'betas: interleaved-thinking is a mistake'
  server.answer(errorAnswer(400, { type: 'invalid_request_error', message }))
  const headers = { 'anthropic-beta': 'interleaved-thinking' }
  const failure = await failureOf((await connect(server.url, { headers })).chat(request))
  expect(failure.message).toBe(`Anthropic answered 400 invalid_request_error: ${message}`)
})

test('credentials in the address are sent as such, and shown nowhere', async () => {
  const address = server.url.replace('://', '://someone:pass%20word@')
  server.answer(messageAnswer())
  await (await connect(address)).chat(request)
  const { authorization, 'x-api-key': key } = server.requests.at(-1)?.headers ?? {}
  expect([authorization, key]).toEqual([`Basic ${btoa('someone:pass word')}`, 'the-key-of-these-tests'])

  server.answer(errorAnswer(401, { message: `No entry: ${authorization}, ${address}, someone, pass word` }))
  expect(shown(await failureOf((await connect(address)).chat(request)))).not.toMatch(/someone|pass|c29tZ/)
  const broken = connect('https://someone:pass%20word@:x').catch((error: Error) => error)
  expect(shown((await broken) as Error)).not.toMatch(/someone|pass(?!word\))/)
})

test.each(['', '/', '/v1', '/v1/', '//'])('an address that ends with %j', async (end) => {
  server.answer(messageAnswer())
  await (await connect(`${server.url}${end}`)).chat(request)
  expect(server.requests.at(-1)?.path).toBe('/v1/messages')
  await (await connect(`${server.url}/proxy${end}`)).chat(request)
  expect(server.requests.at(-1)?.path).toBe('/proxy/v1/messages')
})

test('takes the address of the environment, unless there is an option', async () => {
  server.answer(messageAnswer())
  await (await connect(undefined, {}, { ANTHROPIC_BASE_URL: `${server.url}/variable` })).chat(request)
  expect(server.requests.at(-1)?.path).toBe('/variable/v1/messages')
  await (await connect(`${server.url}/option`, {}, { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' })).chat(request)
  expect(server.requests.at(-1)?.path).toBe('/option/v1/messages')
})

test('an empty address of the environment is none', async () => {
  const urls: string[] = []
  const spy: typeof fetch = (input) => {
    urls.push(input instanceof Request ? input.url : input.toString())
    return Promise.reject(new Error('not reached'))
  }
  await failureOf((await connect(undefined, { fetch: spy }, { ANTHROPIC_BASE_URL: '' })).chat(request))
  expect(urls).toEqual(['https://api.anthropic.com/v1/messages'])
})

test.each(['somewhere', 'ftp://127.0.0.1'])('%s is no address', async (baseURL) => {
  await expect(connect(baseURL)).rejects.toMatchObject({ code: 'invalid-config' })
})
