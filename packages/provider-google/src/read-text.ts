import { bodyReaderOf, untilAborted } from '@llmfb/transport'

/** The whole text of an answer. Gives the body up as soon as `signal` aborts, even one that does not heed it. */
export async function readText(response: Response, signal: AbortSignal): Promise<string> {
  const reader = bodyReaderOf(response)
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (;;) {
      const { value, done } = await untilAborted(reader.read(), signal)
      if (done) return text + decoder.decode()
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    void reader.cancel(error).catch(() => {}) // the body is given up, however it takes it
    throw error
  }
}
