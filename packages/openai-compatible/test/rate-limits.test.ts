import { readRecordings, startWireServer, type WireServer } from '@llmfb/conformance'
import {
  type ChatRequest,
  collectStream,
  parseRateLimits,
  type RateLimit,
  type StreamEvent,
} from '@llmfb/core/provider'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { chunk, completion, eventStream, json, sse } from './bodies.ts'
import { connect } from './connect.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

let server: WireServer
beforeAll(async () => {
  server = await startWireServer()
})
afterAll(() => server.close())

async function lastOf(events: AsyncIterable<StreamEvent>): Promise<StreamEvent | undefined> {
  let last: StreamEvent | undefined
  for await (const event of events) last = event
  return last
}

// As OpenAI answered on 2026-01-28.
const headers = {
  'x-ratelimit-limit-input-images': '50000',
  'x-ratelimit-limit-requests': '5000',
  'x-ratelimit-limit-tokens': '4000000',
  'x-ratelimit-remaining-input-images': '49999',
  'x-ratelimit-remaining-requests': '4999',
  'x-ratelimit-remaining-tokens': '3999222',
  'x-ratelimit-reset-input-images': '1ms',
  'x-ratelimit-reset-requests': '12ms',
  'x-ratelimit-reset-tokens': '11ms',
}
const told: readonly RateLimit[] = [
  { counts: 'tokens', limit: 4_000_000, remaining: 3_999_222, resetsInMs: 11 },
  { counts: 'requests', limit: 5000, remaining: 4999, resetsInMs: 12 },
]

describe('where a service stands with its rate limits', () => {
  it('is told with an answer', async () => {
    server.answer({ headers: { ...json, ...headers }, body: JSON.stringify(completion()) })
    expect((await connect({ baseURL: server.url }).chat(request)).rateLimits).toEqual(told)
  })

  it('is told at the end of a stream', async () => {
    const body = eventStream(chunk({ content: 'Hello.' }), chunk({}, 'stop'), '[DONE]')
    server.answer({ headers: { ...sse, ...headers }, body })
    expect(await lastOf(connect({ baseURL: server.url }).stream(request))).toMatchObject({
      type: 'finish',
      rateLimits: told,
    })
  })

  it('is told at the end of a stream that came as a whole answer', async () => {
    server.answer({ headers: { ...json, ...headers }, body: JSON.stringify(completion()) })
    const response = await collectStream(connect({ baseURL: server.url }).stream(request))
    expect(response.rateLimits).toEqual(told)
  })

  it('is told by the clock of the service, where it sends dates', async () => {
    const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.UTC(2031, 0, 1, 0, 0, 7) / 1000) }
    const date = 'Wed, 01 Jan 2031 00:00:00 GMT'
    server.answer({ headers: { ...json, ...reset, date }, body: JSON.stringify(completion()) })
    const { rateLimits } = await connect({ baseURL: server.url }).chat(request)
    expect(rateLimits).toEqual([{ counts: 'requests', remaining: 0, resetsInMs: 7000 }])
  })

  it('is absent where the service says nothing of it, or nothing that can be true', async () => {
    for (const said of [{}, { 'x-ratelimit-remaining-requests': '-1' }, { 'x-ratelimit-limit-requests': '5' }]) {
      server.answer({ headers: { ...json, ...said }, body: JSON.stringify(completion()) })
      expect(await connect({ baseURL: server.url }).chat(request)).not.toHaveProperty('rateLimits')
      const body = eventStream(chunk({ content: 'Hello.' }), chunk({}, 'stop'), '[DONE]')
      server.answer({ headers: { ...sse, ...said }, body })
      expect(await lastOf(connect({ baseURL: server.url }).stream(request))).not.toHaveProperty('rateLimits')
    }
  })
})

/** How many recorded answers tell of each service's limits. */
const services = { azure: 13, groq: 2, mistral: 9, openai: 98, together: 2, xai: 5 }

describe('what was recorded', () => {
  for (const [service, count] of Object.entries(services)) {
    const recordings = readRecordings(service)
    test.skipIf(recordings === undefined)(`${service}: all that its answers tell of their limits is understood`, () => {
      const telling = (recordings ?? []).filter(({ resHeaders }) =>
        Object.keys(resHeaders).some((name) => name.startsWith('x-ratelimit-remaining')),
      )
      expect(telling.length).toBeGreaterThanOrEqual(count)
      for (const { id, resHeaders } of telling) {
        const limits = parseRateLimits((name) => resHeaders[name], 0)
        for (const counts of ['requests', 'tokens'] as const) {
          const sent = Object.keys(resHeaders).find((name) =>
            (counts === 'requests'
              ? /^x-ratelimit-remaining(-requests|-req-minute)?$/
              : /-remaining-tokens(-minute)?$/
            ).test(name),
          )
          const limit = limits.find((one) => one.counts === counts)
          expect(limit?.remaining, `${id}: ${counts}`).toBe(sent === undefined ? undefined : Number(resHeaders[sent]))
          // No service that was recorded counts in more than days.
          expect(limit?.resetsInMs ?? 0, `${id}: ${counts}`).toBeLessThan(24 * 60 * 60 * 1000)
        }
      }
    })
  }
})
