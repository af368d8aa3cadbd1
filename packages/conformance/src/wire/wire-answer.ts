import { createSeededRandom } from '@llmfb/core/testing'

/** In which pieces a body goes over the wire: at once, one byte each, or random ones that repeat for the same seed. */
export type WirePieces = 'whole' | 'bytes' | { readonly seed: number }

/** What the server answers. */
export interface WireAnswer {
  /** @default 200 */
  readonly status?: number
  /** Those that speak of the transfer (`content-length`, `content-encoding` and the like) are left out: the server sets its own. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  /** @default 'whole' */
  readonly pieces?: WirePieces
  /** Bytes of the body after which it ends early. @default all */
  readonly cutAt?: number
  /** How it ends: as if it were complete, or with the connection destroyed. @default 'end' */
  readonly cut?: 'end' | 'destroy'
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

/** The part of the body that is served. */
export function servedBytes(answer: WireAnswer): Uint8Array {
  const bytes = typeof answer.body === 'string' ? new TextEncoder().encode(answer.body) : answer.body
  return answer.cutAt === undefined ? bytes : bytes.subarray(0, answer.cutAt)
}

/** `bytes` in pieces, each of at least one byte. */
export function* splitBytes(bytes: Uint8Array, pieces: WirePieces): Generator<Uint8Array, void, undefined> {
  // Some hundred random pieces, however large the body is.
  const longest = Math.max(32, Math.ceil(bytes.length / 100))
  const random = typeof pieces === 'object' ? createSeededRandom(pieces.seed) : undefined
  for (let start = 0; start < bytes.length; ) {
    const length = pieces === 'whole' ? bytes.length : random ? 1 + Math.floor(random() * longest) : 1
    yield bytes.subarray(start, start + length)
    start += length
  }
}
