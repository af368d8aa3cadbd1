import { type Answer, type BodyReader, bodyReaderOf } from './body-reader.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * The whole text of an answer, or as much of it as `mostBytes` allow. When the signal aborts, the body is given up and its
 * reason thrown, whether or not what the body comes from heeds the signal.
 *
 * @param mostBytes after which the rest is given up @default all of them
 */
export async function readText(
  answer: Answer,
  signal?: AbortSignal | null,
  mostBytes: number = Number.POSITIVE_INFINITY,
): Promise<string> {
  const reader = bodyReaderOf(answer)
  if (reader === undefined) return ''
  const giveUp = (): void => void reader.cancel(signal?.reason).catch(() => {}) // however it takes it
  try {
    const { text, hasMore } = await untilAborted(readAll(reader, mostBytes), signal ?? undefined)
    if (hasMore) giveUp()
    return text
  } catch (error) {
    giveUp()
    throw error
  }
}

async function readAll(reader: BodyReader, mostBytes: number): Promise<{ text: string; hasMore: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return { text: text + decoder.decode(), hasMore: false }
    bytes += value.byteLength
    text += decoder.decode(value, { stream: true })
    if (bytes > mostBytes) return { text, hasMore: true }
  }
}
