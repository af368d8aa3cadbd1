import { startWireServer, type WireServer } from '@llmfb/conformance'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { bedrock } from '../src/index.ts'
import { converseAnswer } from './answers.ts'
import { connect, failureOf } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
  server.answer(converseAnswer())
})
afterAll(() => server.close())

// The SDK looks into the environment, into files and at the machine's own address; none of that is part of a test.
const before = { ...process.env }
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
  const nothing = '/dev/null'
  process.env['AWS_CONFIG_FILE'] = nothing
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = nothing
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true'
})
afterEach(() => {
  process.env = { ...before }
})

const request = { model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'Hello' }] } as const
const region = { AWS_REGION: 'us-east-1' }
const keys = { AWS_ACCESS_KEY_ID: 'AKIDOFENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' }
const bearer = { AWS_BEARER_TOKEN_BEDROCK: 'bearer-of-environment' }
const own = { accessKeyId: 'AKIDOFTHECODE', secretAccessKey: 'secret' }

async function authorizationOf(...[options, variables]: Parameters<typeof connectTo>): Promise<string> {
  await (await connectTo(options, variables)).chat(request)
  return server.requests.at(-1)?.headers['authorization'] ?? ''
}

async function connectTo(
  options: NonNullable<Parameters<typeof connect>[1]>,
  variables: Readonly<Record<string, string>>,
): ReturnType<typeof connect> {
  // The SDK sees the environment, too.
  Object.assign(process.env, variables)
  return await connect(server.url, options, variables)
}

test('a key of the environment goes before credentials of the environment', async () => {
  expect(await authorizationOf({}, { ...region, ...bearer, ...keys })).toBe('Bearer bearer-of-environment')
})

test('credentials of the environment sign', async () => {
  const authorization = await authorizationOf({}, { ...region, ...keys })
  expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDOFENVIRONMENT\/\d+\/us-east-1\/bedrock\//)
  expect(server.requests.at(-1)?.headers['x-amz-security-token']).toBe('token')
})

test('what is given in code goes before the environment', async () => {
  const all = { ...region, ...bearer, ...keys }
  expect(await authorizationOf({ apiKey: 'bearer-of-the-code' }, all)).toBe('Bearer bearer-of-the-code')
  expect(await authorizationOf({ credentials: own }, all)).toContain('Credential=AKIDOFTHECODE/')
  expect(await authorizationOf({ credentials: async () => own, region: 'eu-west-1' }, all)).toMatch(
    /Credential=AKIDOFTHECODE\/\d+\/eu-west-1\//,
  )
})

test('a function gives a key for each call, and may give another', async () => {
  let count = 0
  const provider = await connectTo({ apiKey: async () => `key-${String((count += 1))}\n` }, region)
  await provider.chat(request)
  await provider.chat(request)
  expect(server.requests.slice(-2).map(({ headers }) => headers['authorization'])).toEqual([
    'Bearer key-1',
    'Bearer key-2',
  ])
})

test('keys of a list go before credentials, each in calls of its own, and in those of facets', async () => {
  const plugin = bedrock({ baseURL: server.url, apiKey: ['bearer-one', 'bearer-two'], credentials: own })
  const [first = '', second = ''] = plugin.keys?.fingerprints ?? []
  const provider = await connectTo({ apiKey: plugin.keys ?? '', credentials: own }, { ...region, ...keys })
  for (const key of [first, second, 'of-no-key']) await provider.chat(request, { key })
  await provider.tokens?.count(request, { key: second }).catch(() => {})
  expect(server.requests.slice(-4).map(({ headers }) => headers['authorization'])).toEqual([
    'Bearer bearer-one',
    'Bearer bearer-two',
    'Bearer bearer-one',
    'Bearer bearer-two',
  ])
})

test('credentials are no pool of keys, and sign whatever key is named', async () => {
  expect(bedrock({ credentials: own }).keys).toBeUndefined()
  await (await connectTo({ credentials: async () => own }, region)).chat(request, { key: 'of-no-key' })
  expect(server.requests.at(-1)?.headers['authorization']).toContain('Credential=AKIDOFTHECODE/')
})

test('a profile that is not there is no credentials, and variables that are empty are none', async () => {
  for (const [options, variables] of [
    [{ profile: 'nobody' }, { ...region, ...bearer, ...keys }],
    [{}, { ...region, AWS_BEARER_TOKEN_BEDROCK: ' ', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }],
  ] as const) {
    const before = server.requests.length
    const failure = await failureOf((await connectTo(options, variables)).chat(request))
    expect(failure).toMatchObject({ kind: 'authentication', provider: 'bedrock' })
    expect(server.requests).toHaveLength(before)
  }
})

test('takes the address of the environment, unless there is an option', async () => {
  const address = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `${server.url}/variable` }
  await (await connect(undefined, { apiKey: 'k' }, { ...region, ...address })).chat(request)
  expect(server.requests.at(-1)?.path).toMatch(/^\/variable\/model\//)
  await (await connect(`${server.url}/option`, { apiKey: 'k' }, { ...region, ...address })).chat(request)
  expect(server.requests.at(-1)?.path).toMatch(/^\/option\/model\//)
})

test("without an address the region's own is asked, by HTTPS", async () => {
  const urls: string[] = []
  const spy: typeof fetch = (input) => {
    urls.push((input as URL).href)
    return Promise.reject(new TypeError('fetch failed'))
  }
  const address = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: '' }
  await failureOf((await connect(undefined, { apiKey: 'k', fetch: spy }, { ...region, ...address })).chat(request))
  expect(urls).toEqual(['https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse'])
})
