import { crc32 } from 'node:zlib'

// AWS's encoding of event streams, from its description, so that no test reads what the code under test wrote:
// https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html

/** Two lengths and their checksum lead a message, and a checksum of all ends it. */
const preludeBytes = 12
const checksumBytes = 4
const textHeader = 7

/** One event of a stream. */
export function eventMessage(type: string, payload: object): Uint8Array {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)))
  const body = Buffer.from(JSON.stringify(payload))
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
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(value))
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(textHeader), length, Buffer.from(value)])
}
