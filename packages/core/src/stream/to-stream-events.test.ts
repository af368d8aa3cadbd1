import { expect, it } from 'vitest'
import type { ChatResponse } from '../provider/response.ts'
import { collectStream } from './collect-stream.ts'
import { toStreamEvents } from './to-stream-events.ts'

const response: ChatResponse = {
  text: 'One, two',
  content: [
    { type: 'reasoning', text: 'Hm', opaque: { issuer: 'acme', data: 'signed' } },
    { type: 'text', text: 'One, ' },
    { type: 'tool-call', id: 'a', name: 'look', arguments: '{}' },
    { type: 'text', text: 'two' },
    { type: 'tool-call', id: 'b', name: 'look', arguments: '{"at":1}' },
  ],
  finishReason: { unified: 'tool-calls', raw: 'tool_use' },
  usage: { uncachedInputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTextTokens: 2, reasoningTokens: 1 },
  warnings: [],
  model: 'm',
  provider: 'acme',
}

async function typesOf(answer: ChatResponse): Promise<string[]> {
  const types: string[] = []
  for await (const { type } of toStreamEvents(answer)) types.push(type)
  return types
}

it('tells the parts in their order, calls by a delta and whole, and then the end', async () => {
  const call = ['tool-call-delta', 'tool-call']
  const parts = ['reasoning-delta', 'text-delta', ...call, 'text-delta', ...call]
  expect(await typesOf(response)).toEqual([...parts, 'usage', 'finish'])
})

it('tells of no usage where there is none', async () => {
  const { usage: _, ...without } = response
  expect(await typesOf({ ...without, content: [] })).toEqual(['finish'])
})

it('makes a stream that is the same answer again', async () => {
  expect(await collectStream(toStreamEvents(response))).toEqual(response)
})
