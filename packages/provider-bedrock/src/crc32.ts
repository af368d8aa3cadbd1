import * as zlib from 'node:zlib'

const polynomial = 0xedb88320

/** What is left of each byte, for platforms without a checksum of their own. */
function createTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1
    return rest
  })
}

/** The checksum by a table. */
export function createCrc32(): (bytes: Uint8Array) => number {
  const table = createTable()
  return (bytes) => {
    let rest = 0xffffffff
    for (const byte of bytes) rest = (rest >>> 8) ^ (table[(rest ^ byte) & 0xff] ?? 0)
    return (rest ^ 0xffffffff) >>> 0
  }
}

/** CRC-32 as in zlib. Node has it from 20.15 and 22.2 on. */
export const crc32: (bytes: Uint8Array) => number = zlib.crc32 ?? createCrc32()
