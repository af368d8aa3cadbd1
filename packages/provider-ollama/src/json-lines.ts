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

type Line = Readonly<Record<string, unknown>>
type Result = IteratorResult<Line, undefined>

const end: Result = { value: undefined, done: true }

/**
 * The lines of a body, each read and known to be a JSON object and no error. Ends behind the one that says that the answer
 * is done. Whoever leaves before gives the body up.
 *
 * They are not left to the SDK: it prints lines that it cannot read to the console and goes on without them, makes
 * `[object Object]` of an error that is an object, and takes a body that ends early for its own end.
 */
export function jsonLines(
  reader: BodyReader,
  { signal, toError, onDone, longestLine = 64 * 1024 * 1024 }: JsonLinesOptions,
): AsyncIterableIterator<Line, undefined> {
  const decoder = new TextDecoder()
  /** Read and not yet asked for; what `failure` is about came behind them. */
  const ready: Line[] = []
  let failure: { readonly error: unknown } | undefined
  let pending: string[] = []
  let pendingLength = 0
  let isDone = false
  let isOver = false

  // Ends a read that waits, whether or not the fetch behind the body listens to the signal.
  const giveUp = (): void => void reader.cancel(signal.reason).catch(() => {})
  if (signal.aborted) giveUp()
  else signal.addEventListener('abort', giveUp, { once: true })

  function leave(): void {
    isOver = true
    signal.removeEventListener('abort', giveUp)
    if (!isDone || onDone === undefined) giveUp()
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
    if (pendingLength > longestLine) throw toError({ type: 'malformed', problem: 'holds an endless line' })
    return lines
  }

  function readLine(line: string, isLast: boolean): void {
    if (isDone || line.trim() === '') return
    const read = readJson(line)
    if ('broken' in read) {
      throw isLast && read.broken === 'truncated'
        ? toError({ type: 'truncated', problem: 'ends within a line' })
        : toError({ type: 'malformed', problem: 'holds a line that is no JSON object' })
    }
    if (read.value['error'] != null) throw toError({ type: 'told', error: read.value['error'] })
    ready.push(read.value)
    if (read.value['done'] !== true) return
    isDone = true
    onDone?.(reader)
  }

  function onChunk({ value, done }: Chunk): Promise<Result> {
    try {
      signal.throwIfAborted()
      if (!done) {
        for (const line of split(decoder.decode(value, { stream: true }))) readLine(line, false)
      } else {
        readLine(pending.join('') + decoder.decode(), true)
        if (!isDone) throw toError({ type: 'truncated', problem: 'ends before it is done' })
      }
    } catch (error) {
      failure = { error }
    }
    return next()
  }

  function onBreak(error: unknown): Promise<Result> {
    failure = { error: signal.aborted ? signal.reason : toError(toBreak(error)) }
    return next()
  }

  function next(): Promise<Result> {
    const value = ready.shift()
    if (value !== undefined) return Promise.resolve({ value, done: false })
    if (isOver) return Promise.resolve(end)
    if (failure === undefined && !isDone) return reader.read().then(onChunk, onBreak)
    leave()
    return failure === undefined ? Promise.resolve(end) : Promise.reject(failure.error)
  }

  return {
    next,
    return() {
      leave()
      return Promise.resolve(end)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
