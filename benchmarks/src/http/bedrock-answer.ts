import { crc32 } from 'node:zlib'
import { type Answer, chunks, eachChunk, expectedText, piece } from './answer.ts'

const usage = { inputTokens: 14, outputTokens: chunks, totalTokens: 14 + chunks }
const metrics = { latencyMs: 1234 }

/** A message of an event stream: lengths, headers, payload, and checksums of the lengths and of all. */
function toMessage(type: string, payload: object): Uint8Array {
  const headers = [
    [':event-type', type],
    [':content-type', 'application/json'],
    [':message-type', 'event'],
  ].map(([name = '', value = '']) => {
    const bytes = [name.length, ...Buffer.from(name), textType, value.length >> 8, value.length & 0xff]
    return Buffer.from([...bytes, ...Buffer.from(value)])
  })
  const content = Buffer.concat([...headers, Buffer.from(JSON.stringify(payload))])
  const message = Buffer.alloc(preludeBytes + content.length + checksumBytes)
  message.writeUInt32BE(message.length)
  message.writeUInt32BE(
    headers.reduce((sum, { length }) => sum + length, 0),
    4,
  )
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  content.copy(message, preludeBytes)
  message.writeUInt32BE(crc32(message.subarray(0, -checksumBytes)), message.length - checksumBytes)
  return message
}

const textType = 7
const preludeBytes = 12
const checksumBytes = 4

/** The service pads its deltas, so that their length does not tell their text. */
const p = 'abcdefghijklmnopqrstuvwxyzABC'

export const bedrockAnswer: Answer = {
  streamType: 'application/vnd.amazon.eventstream',
  completion: JSON.stringify({
    output: { message: { role: 'assistant', content: [{ text: expectedText.chat }] } },
    stopReason: 'end_turn',
    usage,
    metrics,
  }),
  pieces: [
    toMessage('messageStart', { p, role: 'assistant' }),
    ...eachChunk(() => toMessage('contentBlockDelta', { contentBlockIndex: 0, delta: { text: piece }, p })),
    toMessage('contentBlockStop', { contentBlockIndex: 0, p }),
    toMessage('messageStop', { p, stopReason: 'end_turn' }),
    toMessage('metadata', { metrics, p, usage }),
  ],
}
