import { readRecordings, startWireServer, type WireServer } from '@llmfb/conformance'
import type { EmbeddingsFacet } from '@llmfb/core/provider'
import { Buffer } from 'node:buffer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from './connect.ts'
import { description } from './description.ts'

let server: WireServer
let embeddings: EmbeddingsFacet
beforeAll(async () => {
  server = await startWireServer()
  const provider = await connect({ baseURL: server.url })
  if (!provider.embeddings) throw new Error('there are no embeddings')
  embeddings = provider.embeddings
})
afterAll(() => server.close())

const json = { 'content-type': 'application/json' }
const request = { model: 'text-embedding-3-small', inputs: ['a', 'b'] } as const
const usage = { prompt_tokens: 7, total_tokens: 7 }

it('asks as OpenAI describes it', async () => {
  const data = [0, 1].map((index) => ({ object: 'embedding', index, embedding: [index, 1] }))
  server.answer({ headers: json, body: JSON.stringify({ data, usage }) })
  await embeddings.embed({ ...request, dimensions: 2 })
  const { path = '', body } = server.requests.at(-1) ?? {}
  expect(body).toEqual({ model: request.model, input: ['a', 'b'], encoding_format: 'base64', dimensions: 2 })
  expect([path, description?.problemsOf({ method: 'POST', path, body }) ?? []]).toEqual(['/embeddings', []])
})

it('takes vectors by their index', async () => {
  const data = [1, 0].map((index) => ({ index, embedding: [index, 1] }))
  server.answer({ headers: json, body: JSON.stringify({ model: 'm-1', data, usage }) })
  expect(await embeddings.embed(request)).toMatchObject({
    embeddings: [
      [0, 1],
      [1, 1],
    ],
    model: 'm-1',
    usage: { uncachedInputTokens: 7, outputTextTokens: 0 },
  })
})

it.each([
  ['too few vectors', [{ index: 0, embedding: [1] }]],
  ['too many', [0, 1, 2].map((index) => ({ index, embedding: [1] }))],
  ['one twice', [0, 0].map((index) => ({ index, embedding: [1] }))],
  ['one of no place', [0, -1].map((index) => ({ index, embedding: [1] }))],
  ['one that is no vector', [0, 1].map((index) => ({ index, embedding: index === 0 ? [1] : ['1'] }))],
  ['half a number', [0, 1].map((index) => ({ index, embedding: index === 0 ? [1] : 'AAAAAAA=' }))],
])('fails on %s', async (_name, data) => {
  server.answer({ headers: json, body: JSON.stringify({ data, usage }) })
  await expect(embeddings.embed(request)).rejects.toMatchObject({ kind: 'malformed', provider: 'openai' })
})

interface Answered {
  readonly data: readonly { readonly embedding: string }[]
  readonly model: string
  readonly usage: { readonly prompt_tokens: number }
}

const recordings = readRecordings('openai')?.filter(({ api }) => api === 'embeddings')

describe.runIf(recordings)('recorded vectors', () => {
  it.each((recordings ?? []).map((recording) => [recording.id, recording] as const))(
    'replays %s',
    async (_id, recording) => {
      const { resBody: body = '', resHeaders: headers } = recording
      const { data, model, usage: told } = JSON.parse(body) as Answered
      // As the SDK reads them.
      const expected = data.map(({ embedding }) => {
        const bytes = Uint8Array.from(Buffer.from(embedding, 'base64'))
        return [...new Float32Array(bytes.buffer)]
      })
      const asked = { model, inputs: data.map(() => 'text') }
      for (const pieces of ['whole', 'bytes', { seed: 7 }] as const) {
        server.answer({ headers, body, pieces })
        const response = await embeddings.embed(asked)
        expect(response.embeddings).toEqual(expected)
        expect(response.usage?.uncachedInputTokens).toBe(told.prompt_tokens)
      }
      const end = body.trimEnd().length
      for (const cutAt of [1, 20, Math.floor(end / 2), end - 40, end - 1]) {
        for (const cut of ['end', 'destroy'] as const) {
          server.answer({ headers, body, cutAt, cut })
          const kind = expect.stringMatching(/^(?:truncated|malformed|network)$/) as string
          await expect(embeddings.embed(asked)).rejects.toMatchObject({ kind })
        }
      }
    },
  )
})
