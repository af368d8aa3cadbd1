import { startWireServer } from '@llmfb/conformance'
import { expect, it } from 'vitest'
import { connect } from './connect.ts'

it('tells where OpenAI stands with its rate limits, per day as well', async () => {
  const server = await startWireServer()
  try {
    // As it answered an account with 200 requests a day.
    const headers = {
      'content-type': 'application/json',
      'x-ratelimit-limit-requests': '200',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-requests': '197',
      'x-ratelimit-remaining-tokens': '199993',
      'x-ratelimit-reset-requests': '20m52.666s',
      'x-ratelimit-reset-tokens': '2ms',
    }
    const choice = { index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }
    server.answer({ headers, body: JSON.stringify({ id: 'c', model: 'gpt-4o', choices: [choice] }) })
    const provider = await connect({ baseURL: `${server.url}/v1` })
    const { rateLimits } = await provider.chat({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] })
    expect(rateLimits).toEqual([
      { counts: 'tokens', limit: 200_000, remaining: 199_993, resetsInMs: 2 },
      { counts: 'requests', limit: 200, remaining: 197, resetsInMs: 1_252_666 },
    ])
  } finally {
    await server.close()
  }
})
