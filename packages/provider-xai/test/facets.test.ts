import { startWireServer, type WireAnswer, type WireServer } from '@llmfb/conformance'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { connect } from './connect.ts'

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(() => server.close())

function json(body: object, status = 200): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-request-id': 'req-1' },
    body: JSON.stringify(body),
  }
}

const asked = (): unknown[] => server.requests.map(({ method, path }) => [method, path])

it('lists the models of the service, with what it says of their windows', async () => {
  const data = [
    { id: 'grok-4.3', object: 'model', context_length: 1_000_000 },
    { id: 'plain', object: 'model' },
    { object: 'model' },
  ]
  server.answer(json({ object: 'list', data }))
  const provider = await connect({ baseURL: server.url })
  expect(await provider.models?.list()).toEqual([{ id: 'grok-4.3', contextWindow: 1_000_000 }, { id: 'plain' }])
  expect(asked()).toEqual([['GET', '/models']])
})

describe('a probe', () => {
  // As its reference shows it.
  const key = {
    redacted_api_key: 'xai-...b14o',
    name: 'My API Key',
    acls: ['api-key:model:*', 'api-key:endpoint:*'],
    team_blocked: false,
    api_key_blocked: false,
    api_key_disabled: false,
  }

  it('asks for what the service says of the key, which is free', async () => {
    server.answer(json(key))
    const { health } = await connect({ baseURL: server.url })
    expect(await health?.probe()).toBeUndefined()
    expect([health?.cost, asked()]).toEqual(['free', [['GET', '/api-key']]])
  })

  test.each([
    ['api_key_disabled', 'the key is disabled'],
    ['api_key_blocked', 'the key is blocked'],
    ['team_blocked', 'the team of the key is blocked'],
  ])('fails where it says %s', async (field, words) => {
    server.answer(json({ ...key, [field]: true }))
    const { health } = await connect({ baseURL: server.url })
    const error: unknown = await health?.probe().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ kind: 'permission', provider: 'xai', status: 200, requestId: 'req-1' })
    expect(String(error)).toContain(words)
    expect(String(error)).not.toContain('b14o')
  })

  it('asks a proxy that knows no keys for its models', async () => {
    server.answer(({ path }) => (path === '/models' ? json({ data: [] }) : json({ error: 'Not found' }, 404)))
    const { health } = await connect({ baseURL: server.url })
    await health?.probe()
    expect(asked()).toEqual([
      ['GET', '/api-key'],
      ['GET', '/models'],
    ])
  })

  test.each([
    [401, 'authentication'],
    [503, 'overloaded'],
  ])('fails with %i as any call does', async (status, kind) => {
    server.answer(json({ code: 'c', error: 'e' }, status))
    const { health } = await connect({ baseURL: server.url })
    await expect(health?.probe()).rejects.toMatchObject({ kind, status })
    expect(asked()).toHaveLength(1)
  })
})
