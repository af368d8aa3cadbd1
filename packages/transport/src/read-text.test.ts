import { expect, it } from 'vitest'
import { readText } from './read-text.ts'

const bytes = new TextEncoder().encode('Grüße 🌍')

/** A body of single bytes that never ends, or ends behind `text`, and whether it was given up. */
function bodyOf(text: Uint8Array, ends: boolean): { answer: Response; reasons: unknown[] } {
  const reasons: unknown[] = []
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at < text.length) return controller.enqueue(text.subarray(at, ++at))
      return ends ? controller.close() : new Promise(() => {})
    },
    cancel(reason) {
      reasons.push(reason)
      return new Promise(() => {})
    },
  })
  return { answer: new Response(body), reasons }
}

it('reads a text whose characters come in pieces', async () => {
  const { answer, reasons } = bodyOf(bytes, true)
  expect(await readText(answer, new AbortController().signal)).toBe('Grüße 🌍')
  expect(reasons).toEqual([])
})

it('reads a body that is none as an empty text', async () => {
  expect(await readText({ body: null })).toBe('')
})

it('reads no more than it is to, and gives the rest up', async () => {
  const { answer, reasons } = bodyOf(bytes, false)
  expect(await readText(answer, undefined, 1)).toBe('Gr')
  expect(reasons).toHaveLength(1)
})

it.each(['before', 'meanwhile'])('gives the body up when the signal aborts: %s', async (when) => {
  const { answer, reasons } = bodyOf(bytes, false)
  const controller = new AbortController()
  if (when === 'before') controller.abort(when)
  const text = readText(answer, controller.signal)
  if (when === 'meanwhile') controller.abort(when)
  await expect(text).rejects.toBe(when)
  expect(reasons).toEqual([when])
})

it('gives up a body that nothing can end', async () => {
  const deaf = { read: () => new Promise<never>(() => {}), cancel: () => new Promise<never>(() => {}) }
  const controller = new AbortController()
  const answer = { body: null, directReader: () => deaf }
  const text = readText(answer, controller.signal)
  controller.abort('gone')
  await expect(text).rejects.toBe('gone')
})

it('throws what the body breaks with', async () => {
  const broken = new Error('reset')
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) })
  await expect(readText(new Response(body), new AbortController().signal)).rejects.toBe(broken)
})
