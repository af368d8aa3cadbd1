import { startWireServer, type WireServer } from '@llmfb/conformance'
import type { RateLimit } from '@llmfb/core/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageAnswer, messageDelta, messageStart, messageStop, streamAnswer, textBlock } from './answers.ts'
import { collect, connect } from './connect.ts'

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

const request = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hello' }] } as const

// The form is that of an answer of 2026-08-19, an hour ahead of the clock of these tests.
const headers = {
  date: 'Sat, 21 Nov 2026 01:00:00 GMT',
  'anthropic-ratelimit-input-tokens-limit': '400000',
  'anthropic-ratelimit-input-tokens-remaining': '141000',
  'anthropic-ratelimit-input-tokens-reset': '2026-11-21T01:00:39Z',
  'anthropic-ratelimit-output-tokens-limit': '80000',
  'anthropic-ratelimit-output-tokens-remaining': '80000',
  'anthropic-ratelimit-output-tokens-reset': '2026-11-21T01:00:00Z',
  'anthropic-ratelimit-requests-limit': '4000',
  'anthropic-ratelimit-requests-remaining': '3999',
  'anthropic-ratelimit-requests-reset': '2026-11-21T01:00:00Z',
  'anthropic-ratelimit-tokens-limit': '480000',
  'anthropic-ratelimit-tokens-remaining': '221000',
  'anthropic-ratelimit-tokens-reset': '2026-11-21T01:00:39Z',
}
const told: readonly RateLimit[] = [
  { counts: 'requests', limit: 4000, remaining: 3999, resetsInMs: 0 },
  { counts: 'tokens', limit: 480_000, remaining: 221_000, resetsInMs: 39_000 },
  { counts: 'input-tokens', limit: 400_000, remaining: 141_000, resetsInMs: 39_000 },
  { counts: 'output-tokens', limit: 80_000, remaining: 80_000 },
]

test('an answer tells where the service stands with its limits, by the clock of the service', async () => {
  const answer = messageAnswer()
  server.answer({ ...answer, headers: { ...answer.headers, ...headers } })
  expect((await (await connect(server.url)).chat(request)).rateLimits).toEqual(told)
})

test('so does the end of a stream', async () => {
  const answer = streamAnswer([messageStart, ...textBlock(0, 'Hello'), messageDelta('end_turn'), messageStop])
  server.answer({ ...answer, headers: { ...answer.headers, ...headers } })
  const events = await collect((await connect(server.url)).stream(request))
  expect(events.at(-1)).toMatchObject({ type: 'finish', rateLimits: told })
})

test('so does the end of a stream that came as a whole answer', async () => {
  const answer = messageAnswer()
  server.answer({ ...answer, headers: { ...answer.headers, ...headers } })
  const events = await collect((await connect(server.url)).stream(request))
  expect(events.at(-1)).toMatchObject({ type: 'finish', rateLimits: told })
})

test('nothing is said where the service says nothing, or what only a proxy before it says', async () => {
  const answer = messageAnswer()
  const provider = await connect(server.url)
  for (const said of [{}, { 'x-ratelimit-remaining-requests': '3' }]) {
    server.answer({ ...answer, headers: { ...answer.headers, ...said } })
    expect(await provider.chat(request)).not.toHaveProperty('rateLimits')
  }
})
