import { crc32 } from 'node:zlib'

// The event stream encoding of AWS, written from its description, so that no test reads what the code under test wrote:
// https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html

/** Two lengths and the checksum of both. */
const preludeBytes = 12
const checksumBytes = 4
/** A header whose value is text. */
const textHeader = 7

/** One message: lengths, their checksum, headers, payload, checksum of all. */
function encodeMessage(headers: Readonly<Record<string, string>>, payload: Uint8Array | string): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)))
  const body = Buffer.from(payload)
  const length = preludeBytes + head.length + body.length + checksumBytes
  const message = Buffer.alloc(length)
  message.writeUInt32BE(length, 0)
  message.writeUInt32BE(head.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  head.copy(message, preludeBytes)
  body.copy(message, preludeBytes + head.length)
  message.writeUInt32BE(crc32(message.subarray(0, length - checksumBytes)), length - checksumBytes)
  return new Uint8Array(message)
}

function encodeHeader(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name)
  const valueBytes = Buffer.from(value)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(valueBytes.length)
  return Buffer.concat([Buffer.of(nameBytes.length), nameBytes, Buffer.of(textHeader), length, valueBytes])
}

/** An event as the service sends it. */
export function event(type: string, payload: unknown): Uint8Array {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }
  return encodeMessage(headers, typeof payload === 'string' ? payload : JSON.stringify(payload))
}

/** An error that the service declares, within a stream. */
export function exception(type: string, payload: unknown): Uint8Array {
  const headers = { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }
  return encodeMessage(headers, JSON.stringify(payload))
}

/** An error that it does not declare. */
export function undeclaredError(code: string, message: string): Uint8Array {
  return encodeMessage({ ':error-code': code, ':error-message': message, ':message-type': 'error' }, '')
}
