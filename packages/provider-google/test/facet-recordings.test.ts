import { readRecordings, startWireServer, type Recording } from '@llmfb/conformance'
import { expect, test } from 'vitest'
import { connect } from './connect.ts'

const recordings = readRecordings('google')?.filter(({ api }) => api !== 'generateContent')
const request = { model: 'gemini-3.5-flash', messages: [{ role: 'user', content: 'Hello' }] } as const

/** What the service answered to `recording`, through the facet that asks the same. */
async function replay({ api, status, resHeaders, resBody = '' }: Recording): Promise<unknown> {
  const server = await startWireServer()
  try {
    const { 'content-type': type = 'application/json' } = resHeaders ?? {}
    server.answer({ status, headers: { 'content-type': type }, body: resBody })
    const provider = await connect(server.url)
    return api === 'embeddings'
      ? await provider.embeddings?.embed({ model: 'gemini-embedding-2', inputs: ['hello'] })
      : await provider.tokens?.count(request)
  } finally {
    await server.close()
  }
}

test.skipIf(recordings === undefined).each(recordings ?? [])('replays $id', async (recording) => {
  if (recording.status === 404 && recording.api === 'count_tokens') {
    // A model that is not found, "or is not supported for countTokens".
    expect(await replay(recording)).toEqual({ tokens: expect.any(Number), method: 'estimate' })
    return
  }
  const body = JSON.parse(recording.resBody ?? '') as {
    totalTokens?: number
    embeddings?: { values: number[] }[]
    usageMetadata?: { promptTokenCount: number }
  }
  const answer = await replay(recording)
  if (recording.api === 'count_tokens') expect(answer).toEqual({ tokens: body.totalTokens, method: 'exact' })
  else {
    expect(answer).toMatchObject({
      embeddings: [body.embeddings?.[0]?.values],
      usage: { uncachedInputTokens: body.usageMetadata?.promptTokenCount },
    })
  }
})
