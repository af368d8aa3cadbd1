import { expect, it, vi } from 'vitest'
import { lazily } from './lazily.ts'

async function* numbers(): AsyncGenerator<number, void, undefined> {
  yield 1
  yield 2
}

it('opens the stream when its first item is asked for', async () => {
  const open = vi.fn<() => Promise<AsyncGenerator<number, void, undefined>>>(async () => numbers())
  const stream = lazily(open)
  expect(open).not.toHaveBeenCalled()
  const read: number[] = []
  for await (const number of stream) read.push(number)
  expect(read).toEqual([1, 2])
  expect(open).toHaveBeenCalledTimes(1)
})

it('fails once when the stream cannot be opened, and is over then', async () => {
  const iterator = lazily(() => Promise.reject(new Error('closed')))[Symbol.asyncIterator]()
  await expect(iterator.next()).rejects.toThrow('closed')
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
})

it('closes a stream that is left, even while it opens', async () => {
  const closed = vi.fn<() => void>()
  async function* endless(): AsyncGenerator<number, void, undefined> {
    try {
      for (;;) yield 1
    } finally {
      closed()
    }
  }
  for await (const number of lazily(async () => endless())) {
    expect(number).toBe(1)
    break
  }
  expect(closed).toHaveBeenCalledTimes(1)

  const iterator = lazily(async () => endless())[Symbol.asyncIterator]()
  const first = iterator.next()
  await iterator.return?.()
  await first
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
})
