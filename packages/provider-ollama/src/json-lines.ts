import { readJson } from './json-body.ts'
import type { Failure } from './to-provider-error.ts'
import { toBreak } from './to-provider-error.ts'
import type { BodyReader, Chunk } from '@llmfb/transport'

/** How a body is read. */
export interface JsonLinesOptions {
  readonly signal: AbortSignal
  /** Makes the error of a failure. */
  readonly toError: (failure: Failure) => Error
  /** Takes what is left of the body once a line has said that the answer is done. @default nothing is done with it */
  readonly onDone?: (rest: BodyReader) => void
  /** Longest line, in characters; a piece of an answer is a few hundred, one with an image some million. @default 67108864 */
  readonly longestLine?: number
}

/**
 * The lines of a body, each read and known to be a JSON object and no error. Ends behind the one that says that the answer
 * is done. Whoever leaves before gives the body up.
 *
 * They are not left to the SDK: it prints lines that it cannot read to the console and goes on without them, makes
 * `[object Object]` of an error that is an object, and takes a body that ends early for its own end.
 */
export async function* jsonLines(
  reader: BodyReader,
  { signal, toError, onDone, longestLine = 64 * 1024 * 1024 }: JsonLinesOptions,
): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
  const decoder = new TextDecoder()
  let pending: string[] = []
  let pendingLength = 0
  let isDone = false
  // Ends a read that waits, whether or not the fetch behind the body listens to the signal.
  const giveUp = (): void => void reader.cancel(signal.reason).catch(() => {})
  signal.addEventListener('abort', giveUp, { once: true })

  async function read(): Promise<string | undefined> {
    let chunk: Chunk
    try {
      chunk = await reader.read()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw toError(toBreak(error))
    }
    if (signal.aborted) throw signal.reason
    return chunk.done ? undefined : decoder.decode(chunk.value, { stream: true })
  }

  /** The lines that are whole now. */
  function split(text: string): string[] {
    const lines = text.split('\n')
    const last = lines.pop() ?? ''
    if (lines.length > 0) {
      lines[0] = pending.join('') + (lines[0] ?? '')
      pending = []
      pendingLength = 0
    }
    pending.push(last)
    pendingLength += last.length
    return lines
  }

  function toObject(line: string, isLast: boolean): Readonly<Record<string, unknown>> {
    const read = readJson(line)
    if ('broken' in read) {
      throw isLast && read.broken === 'truncated'
        ? toError({ type: 'truncated', problem: 'ends within a line' })
        : toError({ type: 'malformed', problem: 'holds a line that is no JSON object' })
    }
    if (read.value['error'] != null) throw toError({ type: 'told', error: read.value['error'] })
    isDone = read.value['done'] === true
    return read.value
  }

  try {
    for (;;) {
      const text = await read()
      const lines = text === undefined ? [pending.join('') + decoder.decode()] : split(text)
      for (const line of lines) {
        if (line.trim() === '') continue
        const object = toObject(line, text === undefined)
        if (isDone) onDone?.(reader)
        yield object
        if (isDone) return
      }
      if (text === undefined) throw toError({ type: 'truncated', problem: 'ends before it is done' })
      if (pendingLength > longestLine) throw toError({ type: 'malformed', problem: 'holds an endless line' })
    }
  } finally {
    signal.removeEventListener('abort', giveUp)
    if (!isDone || onDone === undefined) giveUp()
  }
}
