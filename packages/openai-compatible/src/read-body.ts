import { bodyReaderOf } from '@llmfb/transport'

/**
 * The text of a body. When the signal aborts, the body is cancelled and its text ends there, whether or not the fetch it
 * came from listens to the signal.
 *
 * @param longest bytes after which the rest is cancelled
 */
export async function readBody(
  response: Response,
  signal: AbortSignal | null | undefined,
  longest: number = Number.POSITIVE_INFINITY,
): Promise<string> {
  const reader = bodyReaderOf(response)
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  const cancel = (): void => void reader.cancel(signal?.reason).catch(() => {}) // the body is given up
  if (signal?.aborted) cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return text + decoder.decode()
      bytes += value.byteLength
      text += decoder.decode(value, { stream: true })
      if (bytes > longest) {
        cancel()
        return text
      }
    }
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}
