import { crc32 } from './crc32.ts'

// Source: "Event stream encoding" of AWS. All numbers are big-endian.
// total length, length of the headers, checksum of both | headers | payload | checksum of all before it

const preludeBytes = 12
const checksumBytes = 4
const lengthsBytes = 8
/** A header whose value is text, with its length in two bytes before it. */
const textType = 7
const bytesType = 6
/** Bytes of the values of all other types, by the number of the type. */
const sizes: readonly number[] = [0, 0, 1, 2, 4, 8, 0, 0, 8, 16]

/** A message of an event stream, taken apart. */
export interface Message {
  /** The headers that are text, such as `:event-type`. */
  readonly headers: ReadonlyMap<string, string>
  readonly payload: Uint8Array
}

/** Takes one whole message apart; undefined where its checksums or its headers are not right. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = buffer.length - checksumBytes
  const headersEnd = preludeBytes + buffer.readUInt32BE(4)
  if (buffer.readUInt32BE(lengthsBytes) !== crc32(buffer.subarray(0, lengthsBytes))) return undefined
  if (buffer.readUInt32BE(end) !== crc32(buffer.subarray(0, end)) || headersEnd > end) return undefined
  const headers = decodeHeaders(buffer.subarray(preludeBytes, headersEnd))
  return headers && { headers, payload: buffer.subarray(headersEnd, end) }
}

function decodeHeaders(buffer: Buffer): Map<string, string> | undefined {
  const headers = new Map<string, string>()
  for (let at = 0; at < buffer.length;) {
    const nameEnd = at + 1 + (buffer[at] ?? 0)
    const type = buffer[nameEnd] ?? -1
    const valueStart = nameEnd + 1
    const hasLength = type === textType || type === bytesType
    if (valueStart + (hasLength ? 2 : 0) > buffer.length) return undefined
    const start = hasLength ? valueStart + 2 : valueStart
    const size = hasLength ? buffer.readUInt16BE(valueStart) : sizes[type]
    if (size === undefined || start + size > buffer.length) return undefined
    if (type === textType)
      headers.set(buffer.toString('latin1', at + 1, nameEnd), buffer.toString('utf8', start, start + size))
    at = start + size
  }
  return headers
}
