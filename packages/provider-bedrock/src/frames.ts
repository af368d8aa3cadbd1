/** Makes the errors of a body that is no event stream. */
export interface FrameFailures {
  fail(kind: 'malformed' | 'truncated', message: string): Error
}

/** Two lengths, and a checksum each for these and for the whole; see "Event stream encoding" of AWS. */
const shortest = 16
/** Twice what a message may have; otherwise a page of a proxy, read as a length, asks for gigabytes. */
const longest = 32 * 1024 * 1024
const lengthBytes = 4

/** Finds the messages of an event stream, however its bytes were cut on their way. */
export interface Frames {
  /** The messages that end in `piece`. @throws what `fail` makes, when it is no event stream */
  push(piece: Uint8Array): Generator<Uint8Array, void, undefined>
  /** @throws what `fail` makes, when the stream ended within a message */
  end(): void
}

export function createFrames(failures: FrameFailures): Frames {
  const head = new Uint8Array(lengthBytes)
  let frame: Uint8Array | undefined
  let filled = 0

  /** The length that a message says it has. */
  function lengthAt({ buffer, byteOffset }: Uint8Array, at: number): number {
    const length = new DataView(buffer, byteOffset).getUint32(at)
    if (length < shortest || length > longest) throw failures.fail('malformed', 'the answer is no event stream')
    return length
  }

  return {
    *push(piece) {
      for (let at = 0; at < piece.length;) {
        // A message that is wholly in the piece is not copied.
        if (filled === 0 && at + lengthBytes <= piece.length) {
          const end = at + lengthAt(piece, at)
          if (end <= piece.length) {
            yield piece.subarray(at, end)
            at = end
            continue
          }
        }
        const target: Uint8Array = frame ?? head
        const part = piece.subarray(at, at + target.length - filled)
        target.set(part, filled)
        filled += part.length
        at += part.length
        if (filled < target.length) return
        if (frame) {
          const whole = frame
          frame = undefined
          filled = 0
          yield whole
        } else {
          frame = new Uint8Array(lengthAt(head, 0))
          frame.set(head)
        }
      }
    },
    end() {
      if (filled > 0) throw failures.fail('truncated', 'the stream ended within an event')
    },
  }
}
