import { startWireServer, type WireServer } from '@llmfb/conformance'
import { systemClock } from '@llmfb/core/provider'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { google } from '../src/index.ts'
import { errorAnswer, wholeAnswer } from './answers.ts'
import { connect, failureOf } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const request = { model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'Hello' }] } as const

function shown(error: Error): string {
  return inspect(error, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(error) + error.stack
}

test('the values of its own harmless headers stay', async () => {
  const message = 'our-app/1.0 is too old'
  server.answer(errorAnswer(400, 'INVALID_ARGUMENT', message))
  const headers = { 'x-goog-api-client': 'our-app/1.0' }
  const failure = await failureOf((await connect(server.url, { headers })).chat(request))
  expect(failure.message).toBe(`Google answered 400 INVALID_ARGUMENT: ${message}`)
})

test('credentials in the address are sent as such, and shown nowhere', async () => {
  const address = server.url.replace('://', '://someone:pass%20word@')
  server.answer(wholeAnswer())
  await (await connect(address)).chat(request)
  const { authorization, 'x-goog-api-key': key } = server.requests.at(-1)?.headers ?? {}
  expect([authorization, key]).toEqual([`Basic ${btoa('someone:pass word')}`, 'the-key-of-these-tests'])

  server.answer(errorAnswer(401, 'UNAUTHENTICATED', `No entry: ${authorization}, ${address}, someone, pass word`))
  expect(shown(await failureOf((await connect(address)).chat(request)))).not.toMatch(/someone|pass|c29tZ/)
  const broken = connect('https://someone:pass%20word@:x').catch((error: Error) => error)
  expect(shown((await broken) as Error)).not.toMatch(/someone|pass(?!word\))/)
})

test.each(['', '/', '/v1', '/v1beta/', '//'])('an address that ends with %j', async (end) => {
  server.answer(wholeAnswer())
  await (await connect(`${server.url}${end}`)).chat(request)
  expect(server.requests.at(-1)?.path).toBe('/v1beta/models/gemini-2.5-flash:generateContent')
  await (await connect(`${server.url}/proxy${end}`)).chat(request)
  expect(server.requests.at(-1)?.path).toBe('/proxy/v1beta/models/gemini-2.5-flash:generateContent')
})

test('takes the address of the environment, unless there is an option', async () => {
  server.answer(wholeAnswer())
  await (await connect(undefined, {}, { GOOGLE_GEMINI_BASE_URL: `${server.url}/variable` })).chat(request)
  expect(server.requests.at(-1)?.path).toBe('/variable/v1beta/models/gemini-2.5-flash:generateContent')
  await (await connect(`${server.url}/option`, {}, { GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9' })).chat(request)
  expect(server.requests.at(-1)?.path).toBe('/option/v1beta/models/gemini-2.5-flash:generateContent')
})

test('an empty address of the environment is none', async () => {
  const urls: string[] = []
  const spy: typeof fetch = (input) => {
    urls.push(input instanceof Request ? input.url : input.toString())
    return Promise.reject(new Error('not reached'))
  }
  await failureOf((await connect(undefined, { fetch: spy }, { GOOGLE_GEMINI_BASE_URL: '' })).chat(request))
  expect(urls).toEqual(['https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent'])
})

test.each(['somewhere', 'ftp://127.0.0.1'])('%s is no address', async (baseURL) => {
  await expect(connect(baseURL)).rejects.toMatchObject({ code: 'invalid-config' })
})

test('takes the key of the environment, the one that wins in the SDK too', async () => {
  server.answer(wholeAnswer())
  const both = { GEMINI_API_KEY: 'gemini-key', GOOGLE_API_KEY: 'google-key' }
  for (const [credentials, key] of [
    [both, 'google-key'],
    [{ ...both, GOOGLE_API_KEY: '' }, 'gemini-key'],
  ] as const) {
    const plugin = google({ baseURL: server.url })
    const context = { id: 'google', credentials, clock: systemClock, logger: console }
    await (await plugin.create(context)).chat(request)
    expect(server.requests.at(-1)?.headers['x-goog-api-key']).toBe(key)
  }
})
