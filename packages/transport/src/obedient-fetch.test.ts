import { expect, it, vi } from 'vitest'
import { obedientFetch } from './obedient-fetch.ts'

it('hands on what it is given, and what comes back', async () => {
  const response = new Response('hello')
  const own = vi.fn<typeof fetch>(async () => response)
  const init = { method: 'POST', signal: new AbortController().signal }
  expect(await obedientFetch(own)('http://a.test', init)).toBe(response)
  expect(await obedientFetch(own)('http://b.test')).toBe(response)
  expect(own.mock.calls).toEqual([
    ['http://a.test', init],
    ['http://b.test', undefined],
  ])
  expect(response.bodyUsed).toBe(false)
})

it('rejects with what the other throws, at once or later', async () => {
  const error = new TypeError('fetch failed')
  const ways: (typeof fetch)[] = [
    () => Promise.reject(error),
    () => {
      throw error
    },
  ]
  for (const own of ways) await expect(obedientFetch(own)('http://a.test')).rejects.toBe(error)
})

it('rejects when its signal aborts, and closes an answer that comes late', async () => {
  const controller = new AbortController()
  const closed = vi.fn<() => void>()
  let answer = (_response: Response): void => {}
  const deaf = (): Promise<Response> => new Promise((resolve) => (answer = resolve))
  const settled = obedientFetch(deaf)('http://a.test', { signal: controller.signal })
  controller.abort('gone')
  await expect(settled).rejects.toBe('gone')
  answer(new Response(new ReadableStream({ cancel: closed })))
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce())
})
