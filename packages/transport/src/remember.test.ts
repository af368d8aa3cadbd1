import { expect, it } from 'vitest'
import { remember, type RememberOptions } from './remember.ts'

/** A fetch that is settled by hand, in the order of its calls. */
function fetcher() {
  const calls: { resolve(value: string): void; reject(error: Error): void; signal: AbortSignal | undefined }[] = []
  const list = remember<string, RememberOptions>(({ signal }) => {
    return new Promise((resolve, reject) => calls.push({ resolve, reject, signal }))
  })
  return { calls, list }
}

it('fetches once for all who ask at the same time, and remembers', async () => {
  const { calls, list } = fetcher()
  const asked = Array.from({ length: 5 }, () => list({}))
  calls[0]?.resolve('a')
  expect(await Promise.all(asked)).toEqual(['a', 'a', 'a', 'a', 'a'])
  expect(await list({})).toBe('a')
  expect(calls).toHaveLength(1)
})

it('fetches anew where it is told to, and keeps what it knows where that fails', async () => {
  const { calls, list } = fetcher()
  const first = list({})
  calls[0]?.resolve('a')
  await first
  const failed = list({ refresh: true })
  calls[1]?.reject(new Error('no'))
  await expect(failed).rejects.toThrow('no')
  expect(await list({})).toBe('a')
  const fresh = list({ refresh: true })
  calls[2]?.resolve('b')
  expect(await fresh).toBe('b')
  expect(await list({})).toBe('b')
})

it('lets one leave without the others, and ends the fetch when all have left', async () => {
  const { calls, list } = fetcher()
  const [one, other] = [new AbortController(), new AbortController()]
  const leaving = list({ signal: one.signal })
  const staying = list({ signal: other.signal })
  one.abort(new Error('gone'))
  await expect(leaving).rejects.toThrow('gone')
  expect(calls[0]?.signal?.aborted).toBe(false)
  other.abort(new Error('gone too'))
  await expect(staying).rejects.toThrow('gone too')
  expect(calls[0]?.signal?.aborted).toBe(true)
  const later = list({})
  calls[1]?.resolve('b')
  calls[0]?.resolve('a')
  expect(await later).toBe('b')
  await expect(list({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
})

it('does not remember a failure', async () => {
  const { calls, list } = fetcher()
  const failed = [list({}), list({})]
  calls[0]?.reject(new Error('no'))
  expect((await Promise.allSettled(failed)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const again = list({})
  calls[1]?.resolve('a')
  expect(await again).toBe('a')
})
