import type { Reader } from './read-body.ts'

/** Waits for the pieces of a body, and makes the errors of one that is no event stream. */
export interface FrameReader extends Reader {
  fail(kind: 'malformed' | 'truncated', message: string): Error
}

/** Two lengths, and a checksum each for these and for the whole; see "Event stream encoding" of AWS. */
const shortest = 16
/** Twice what a message may have; the SDK would set aside whatever a page of a proxy seems to ask for. */
const longest = 32 * 1024 * 1024
const lengthBytes = 4

/**
 * The messages of an event stream, whole ones in each piece, however the bytes were cut on their way. The SDK takes them
 * apart; that they are whole is seen to here, since it takes a stream that is cut in a length for one that has ended.
 *
 * @throws what `reader` makes, when the stream ends within a message or is none
 */
export async function* readFrames(
  pieces: AsyncIterator<Uint8Array>,
  reader: FrameReader,
): AsyncGenerator<Uint8Array, void, undefined> {
  const head = new Uint8Array(lengthBytes)
  let frame: Uint8Array | undefined
  let filled = 0
  for (;;) {
    const { value: piece, done } = await reader.read(pieces.next())
    if (done) break
    for (let at = 0; at < piece.length;) {
      const end = filled === 0 ? endOfWhole(piece, at, reader) : at
      if (end > at) {
        yield piece.subarray(at, end)
        at = end
        continue
      }
      const target: Uint8Array = frame ?? head
      const part = piece.subarray(at, at + target.length - filled)
      target.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < target.length) break
      if (frame) {
        yield frame
        frame = undefined
        filled = 0
      } else {
        frame = new Uint8Array(lengthAt(head, 0, reader))
        frame.set(head)
      }
    }
  }
  if (filled > 0) throw reader.fail('truncated', 'the stream ended within an event')
}

/** Where the last message ends that begins at `start` or later and is wholly in `piece`; `start` where there is none. */
function endOfWhole(piece: Uint8Array, start: number, reader: FrameReader): number {
  let end = start
  while (end + lengthBytes <= piece.length) {
    const next = end + lengthAt(piece, end, reader)
    if (next > piece.length) break
    end = next
  }
  return end
}

/** The length that a message says it has. */
function lengthAt({ buffer, byteOffset }: Uint8Array, at: number, reader: FrameReader): number {
  const length = new DataView(buffer, byteOffset).getUint32(at)
  if (length < shortest || length > longest) throw reader.fail('malformed', 'the answer is no event stream')
  return length
}
