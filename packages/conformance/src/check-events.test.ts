import type { StreamEvent } from '@llmfb/core/provider'
import { describe, expect, it } from 'vitest'
import { checkEvents } from './check-events.ts'

const finish: StreamEvent = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: 'stop' },
  warnings: [],
  model: 'm',
  provider: 'p',
}
const text = (piece: string): StreamEvent => ({ type: 'text-delta', text: piece })
const delta = (piece: string, name?: string): StreamEvent => ({
  type: 'tool-call-delta',
  index: 0,
  id: 'c',
  arguments: piece,
  ...(name !== undefined && { name }),
})
const call = (overrides: object = {}): StreamEvent => {
  const event = { type: 'tool-call', index: 0, id: 'c', name: 'add', arguments: '{"a":1}' } as const
  return { ...event, ...overrides }
}

async function check(...events: StreamEvent[]): Promise<StreamEvent[]> {
  async function* yieldEvents(): AsyncGenerator<StreamEvent, void, undefined> {
    yield* events
  }
  const passed: StreamEvent[] = []
  for await (const event of checkEvents(yieldEvents())) passed.push(event)
  return passed
}

describe('checkEvents', () => {
  it('passes on a stream that keeps the contract', async () => {
    const opaque = { issuer: 'p', data: 'x' }
    const events: StreamEvent[] = [
      { type: 'reasoning-delta', text: '', opaque },
      text('a'),
      delta('', 'add'),
      delta('{"a":'),
      delta('1}'),
      call(),
      call({ index: 1, id: 'd' }),
      finish,
    ]
    expect(await check(...events)).toEqual(events)
  })

  it.each([
    ["ended without 'finish'", [text('a')]],
    ["behind 'finish'", [finish, text('a')]],
    ["behind 'finish'", [finish, finish]],
    ['empty text-delta', [text(''), finish]],
    ['empty tool-call-delta', [delta('', 'add'), delta(''), call({ arguments: '' }), finish]],
    ['has no name', [delta('{}'), finish]],
    ["no 'tool-call'", [delta('{}', 'add'), finish]],
    ['id of tool call 0 changes', [delta('', 'add'), { ...delta('{}'), id: 'other' } as StreamEvent, finish]],
    ['the id of tool call 0 differs', [delta('{"a":1}', 'add'), call({ id: 'other' }), finish]],
    ['the name of tool call 0 differs', [delta('{"a":1}', 'add'), call({ name: 'sub' }), finish]],
    ['the arguments of tool call 0 differ', [delta('{"a":1}', 'add'), call({ arguments: '{}' }), finish]],
  ])('complains: %s', async (complaint, events) => {
    await expect(check(...events)).rejects.toThrow(complaint)
    await expect(check(...events)).rejects.toHaveProperty('code', 'ERR_ASSERTION')
  })
})
