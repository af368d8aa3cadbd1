import { expect, it } from 'vitest'
import { untilAborted } from './until-aborted.ts'

const never = new Promise<never>(() => undefined)

it('settles as the work does', async () => {
  const { signal } = new AbortController()
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1)
  expect(await untilAborted(Promise.resolve(2), undefined)).toBe(2)
  await expect(untilAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken')
})

it('rejects with the reason of the signal, whether or not the work heeds it', async () => {
  await expect(untilAborted(never, AbortSignal.abort('before'))).rejects.toBe('before')
  const controller = new AbortController()
  const waiting = untilAborted(never, controller.signal)
  controller.abort('meanwhile')
  await expect(waiting).rejects.toBe('meanwhile')
})
