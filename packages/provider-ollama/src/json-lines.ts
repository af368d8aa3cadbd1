import { readJson } from './json-body.ts'
import type { Failure } from './to-provider-error.ts'
import { toBreak } from './to-provider-error.ts'
import { type BodyReader, untilAborted } from '@llmfb/transport'

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

type Controller = ReadableStreamDefaultController<Uint8Array>

/**
 * The same lines, each known to be a JSON object and none of them an error, or a failure.
 *
 * The SDK prints lines that it cannot read to the console and goes on without them, makes `[object Object]` of an error
 * that is an object, and takes a body that ends early for its own end. Behind this it never sees any of those.
 */
export function jsonLines(
  reader: BodyReader,
  { signal, toError, onDone, longestLine = 64 * 1024 * 1024 }: JsonLinesOptions,
): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let pending: string[] = []
  let pendingLength = 0
  let isDone = false

  /** The line as the SDK may have it, or what is wrong with it. */
  function checked(line: string, isLast: boolean): string | Error {
    const read = readJson(line)
    if ('broken' in read) {
      return isLast && read.broken === 'truncated'
        ? toError({ type: 'truncated', problem: 'ends within a line' })
        : toError({ type: 'malformed', problem: 'holds a line that is no JSON object' })
    }
    const { error, ...rest } = read.value
    if (error != null) return toError({ type: 'told', error })
    if (rest['done'] === true) isDone = true
    // To the SDK the field alone is an error, whatever it holds.
    return 'error' in read.value ? JSON.stringify(rest) : line
  }

  /** Hands on the lines before the first bad one, and throws for that one. Whether there was any. */
  function pass(lines: readonly string[], controller: Controller, isLast = false): boolean {
    let failure: Error | undefined
    const good: string[] = []
    for (const line of lines) {
      if (isDone || failure) break
      if (line.trim() === '') continue
      const read = checked(line, isLast)
      if (typeof read === 'string') good.push(read)
      else failure = read
    }
    if (good.length > 0) controller.enqueue(encoder.encode(`${good.join('\n')}\n`))
    if (failure) throw failure
    return good.length > 0
  }

  async function read(): Promise<string | undefined> {
    try {
      const { done, value } = await untilAborted(reader.read(), signal)
      return done ? undefined : decoder.decode(value, { stream: true })
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw toError(toBreak(error))
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const text = await read()
          if (text === undefined) {
            pass([pending.join('') + decoder.decode()], controller, true)
            if (!isDone) throw toError({ type: 'truncated', problem: 'ends before it is done' })
            controller.close()
            return
          }
          const lines = text.split('\n')
          const first = lines.shift() ?? ''
          pending.push(first)
          pendingLength += first.length
          if (pendingLength > longestLine) throw toError({ type: 'malformed', problem: 'holds an endless line' })
          const last = lines.pop()
          if (last === undefined) continue
          const complete = [pending.join(''), ...lines]
          pending = [last]
          pendingLength = last.length
          const passed = pass(complete, controller)
          if (isDone) onDone?.(reader)
          if (passed) return
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read ahead: an error would overtake the lines before it.
    { highWaterMark: 0 },
  )
}
