import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from './connect.ts'

const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
beforeAll(async () => void (await mock.start()))
afterAll(() => mock.stop())

it('lists models and makes vectors', async () => {
  const { models, embeddings, health } = await connect({ baseURL: `${mock.url}/v1` })
  expect((await models?.list())?.length).toBeGreaterThan(0)
  const vectors = await embeddings?.embed({ model: 'text-embedding-3-small', inputs: ['a', 'b'] })
  expect(vectors?.embeddings.map((vector) => vector.length > 1)).toEqual([true, true])
  await expect(health?.probe()).resolves.toBeUndefined()
})
