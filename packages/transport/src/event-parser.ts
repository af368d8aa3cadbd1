import { EventTooLargeError } from './event-too-large-error.ts'

/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** What the service calls it; undefined where it has no name. */
  readonly event: string | undefined
  /** The lines of its `data` fields, joined by `\n`. */
  readonly data: string
}

/** Takes the text of a stream in any pieces and gives its events. */
export interface EventParser {
  /** Hands over the next piece. Events of the piece before it must have been taken. */
  write(piece: string): void
  /** The next complete event, or undefined when another piece is needed. @throws EventTooLargeError */
  take(): ServerSentEvent | undefined
}

/** Most that one event may have, in UTF-16 code units. A picture in base64 fits; a service gone mad does not. */
const largestEvent = 32 * 2 ** 20

const colon = 0x3a
const space = 0x20

/** A parser of the event stream format of the HTML standard, section 9.2.6, without `id` and `retry`. */
export function createEventParser(limit: number = largestEvent): EventParser {
  let piece = ''
  let position = 0
  // Where the next LF and CR are, from `position` on, and the piece's length where there is none: each is searched once.
  let lineFeed = 0
  let carriageReturn = 0
  /** The beginning of a line that goes on in the next piece. It is never searched again. */
  let unfinished = ''
  /** The piece before ended with a CR, so that an LF at the start of this one belongs to it. */
  let skipLineFeed = false
  let event: string | undefined
  let data: string | undefined

  function readField(text: string, start: number, end: number): void {
    if (text.startsWith('data', start)) {
      const value = readValue(text, start + 4, end)
      if (value === undefined) return
      data = data === undefined ? value : `${data}\n${value}`
      if (data.length > limit) throw new EventTooLargeError(limit)
    } else if (text.startsWith('event', start)) {
      const value = readValue(text, start + 5, end)
      if (value !== undefined) event = value === '' ? undefined : value
    }
  }

  /** Where the next line ends, without its terminator, or -1 when it goes on in the next piece. Steps over the terminator. */
  function endLine(): number {
    if (lineFeed < position) lineFeed = indexOf(piece, '\n', position)
    if (carriageReturn < position) carriageReturn = indexOf(piece, '\r', position)
    const end = lineFeed < carriageReturn ? lineFeed : carriageReturn
    if (end === piece.length) return -1
    position = end + 1
    if (end === carriageReturn) {
      if (position === piece.length) skipLineFeed = true
      else if (lineFeed === position) position += 1
    }
    return end
  }

  return {
    write(next) {
      piece = next
      position = skipLineFeed && next.startsWith('\n') ? 1 : 0
      lineFeed = carriageReturn = -1
      if (next !== '') skipLineFeed = false
    },

    take() {
      for (;;) {
        const start = position
        const end = endLine()
        if (end === -1) {
          unfinished += start === 0 ? piece : piece.slice(start)
          piece = ''
          position = lineFeed = carriageReturn = 0
          if (unfinished.length + (data?.length ?? 0) > limit) throw new EventTooLargeError(limit)
          return undefined
        }
        if (unfinished !== '') {
          const line = unfinished + piece.slice(start, end)
          unfinished = ''
          readField(line, 0, line.length)
        } else if (end > start) {
          readField(piece, start, end)
        } else {
          const complete = data === undefined ? undefined : { event, data }
          event = undefined
          data = undefined
          if (complete) return complete
        }
      }
    },
  }
}

/** What stands behind a field's name that ends at `nameEnd`; undefined where the name goes on. */
function readValue(text: string, nameEnd: number, lineEnd: number): string | undefined {
  if (nameEnd === lineEnd) return ''
  if (text.charCodeAt(nameEnd) !== colon) return undefined
  return text.slice(nameEnd + (text.charCodeAt(nameEnd + 1) === space ? 2 : 1), lineEnd)
}

function indexOf(text: string, searched: string, from: number): number {
  const found = text.indexOf(searched, from)
  return found === -1 ? text.length : found
}
