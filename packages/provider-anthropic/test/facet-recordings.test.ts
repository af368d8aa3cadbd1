import { readRecordings, startWireServer } from '@llmfb/conformance'
import { describe, expect, test } from 'vitest'
import { connect, failureOf } from './connect.ts'

const recordings = readRecordings('anthropic')?.filter(({ api }) => api === 'count_tokens')
const request = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'What is 2 + 2?' }] } as const

// What is asked does not change what was answered.
describe.skipIf(recordings === undefined)('recorded counts of tokens', () => {
  test.each(recordings ?? [])('replays $id', async ({ resBody: body = '', resHeaders: headers }) => {
    const server = await startWireServer()
    try {
      const { tokens } = await connect(server.url)
      const { input_tokens: counted } = JSON.parse(body) as { readonly input_tokens: number }
      for (const pieces of ['whole', 'bytes', { seed: 7 }] as const) {
        server.answer({ headers, body, pieces })
        expect(await tokens?.count(request)).toEqual({ tokens: counted, method: 'exact' })
      }
      for (const cut of ['end', 'destroy'] as const) {
        server.answer({ headers, body, cutAt: body.length - 2, cut })
        const { kind } = await failureOf(Promise.resolve(tokens?.count(request)))
        expect(['truncated', 'malformed', 'network']).toContain(kind)
      }
    } finally {
      await server.close()
    }
  })
})
