import { createSeededRandom } from '@llmfb/core/testing'

/**
 * In which pieces a body reaches the client: at once, byte by byte, or random ones that repeat for the same seed.
 *
 * Long bodies would take too long byte by byte: behind the first 1024 bytes the client may find up to 16 of them
 * waiting, but none behind a line end or within a character.
 */
export type WirePieces = 'whole' | 'bytes' | { readonly seed: number }

/** What the server answers. */
export interface WireAnswer {
  /** @default 200 */
  readonly status?: number
  /** Those that speak of the transfer (`content-length`, `content-encoding` and the like) are left out: the server sets its own. */
  readonly headers?: Readonly<Record<string, string>>
  /** Pieces that come one by one, for as long as they come, are sent as they are: `pieces` and `cutAt` do not apply. */
  readonly body: string | Uint8Array | AsyncIterable<string | Uint8Array>
  /** @default 'whole' */
  readonly pieces?: WirePieces
  /** Bytes of the body after which it ends early. @default all */
  readonly cutAt?: number
  /**
   * How it ends: as if it were complete; with no more bytes on a connection that still listens (`half-close`); with the
   * connection destroyed; or with it reset, so that bytes under way are lost. @default 'end'
   */
  readonly cut?: 'end' | 'half-close' | 'destroy' | 'reset'
  /** Keeps the response open after its last byte until the client leaves. @default false */
  readonly hold?: boolean
}

const transferHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'transfer-encoding',
])

/** The headers of an answer that fit the way in which it is served. */
export function servedHeaders(answer: WireAnswer): Record<string, string> {
  const headers = Object.entries(answer.headers ?? {})
  return Object.fromEntries(headers.filter(([name]) => !transferHeaders.has(name.toLowerCase())))
}

/** The pieces of the body that are served. */
export function servedPieces({ body, pieces = 'whole', cutAt }: WireAnswer): AsyncIterator<string | Uint8Array> {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return body[Symbol.asyncIterator]()
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return oneByOne(splitBytes(bytes.subarray(0, cutAt), pieces))
}

async function* oneByOne<T>(all: Iterable<T>): AsyncGenerator<T, void, undefined> {
  yield* all
}

/** `bytes` in pieces of at least one byte, each to be sent when the client had a turn to read the one before. */
export function* splitBytes(bytes: Uint8Array, pieces: WirePieces): Generator<Uint8Array, void, undefined> {
  // Some hundred random pieces, however large the body is.
  const longest = Math.max(32, Math.ceil(bytes.length / 100))
  const random = typeof pieces === 'object' ? createSeededRandom(pieces.seed) : undefined
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    if (pieces === 'whole') end = bytes.length
    else if (random) end = start + 1 + Math.floor(random() * longest)
    else end = start < alwaysSingle ? start + 1 : nextTurn(bytes, start)
    yield bytes.subarray(start, end)
  }
}

const alwaysSingle = 1024
const mostTogether = 16

/** Behind the first byte of a line end or of a character that has several, or so many bytes on. */
function nextTurn(bytes: Uint8Array, start: number): number {
  for (let end = start; end < start + mostTogether; end++) {
    const byte = bytes[end]
    if (byte === undefined || byte === 0x0a || byte === 0x0d || byte >= 0x80) return end + 1
  }
  return start + mostTogether
}
