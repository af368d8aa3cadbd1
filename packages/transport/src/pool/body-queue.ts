import type { BodyReader, Chunk } from '../body-reader.ts'

/** Where the bytes come from. */
export interface BodySource {
  pause(): void
  resume(): void
  /** Nobody wants the rest: closes the connection. */
  abort(reason: unknown): void
}

interface Waiting {
  readonly onChunk: (chunk: Chunk) => void
  readonly onError: (error: unknown) => void
}

/** Bytes that wait for a reader before the source is paused. Nearly all answers that are not streamed fit, whoever reads them. */
const mostWaiting = 1_048_576

/** The body of an answer between the socket that fills it and the one reader that empties it. */
export class BodyQueue implements BodyReader {
  readonly #source: BodySource
  readonly #chunks: Uint8Array[] = []
  /** Reads that nothing was there for; there are chunks or readers, never both. */
  readonly #readers: Waiting[] = []
  #waitingBytes = 0
  #paused = false
  #state: 'open' | 'ended' | 'failed' = 'open'
  #error: unknown

  constructor(source: BodySource) {
    this.#source = source
  }

  push(chunk: Uint8Array): void {
    if (this.#state !== 'open') return
    const reader = this.#readers.shift()
    if (reader) return reader.onChunk({ value: chunk, done: false })
    this.#chunks.push(chunk)
    this.#waitingBytes += chunk.byteLength
    if (this.#waitingBytes > mostWaiting && !this.#paused) {
      this.#paused = true
      this.#source.pause()
    }
  }

  end(): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    for (const reader of this.#readers.splice(0)) reader.onChunk({ value: undefined, done: true })
  }

  /** What has arrived before is read first, unless `now`. */
  fail(error: unknown, now = false): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.#error = error
    if (now) this.#chunks.length = 0
    for (const reader of this.#readers.splice(0)) reader.onError(error)
  }

  read(): Promise<Chunk> {
    return new Promise((resolve, reject) => this.readTo(resolve, reject))
  }

  readTo(onChunk: Waiting['onChunk'], onError: Waiting['onError']): void {
    const value = this.#chunks.shift()
    if (value !== undefined) {
      this.#waitingBytes -= value.byteLength
      if (this.#paused && this.#chunks.length === 0) {
        this.#paused = false
        if (this.#state === 'open') this.#source.resume()
      }
      onChunk({ value, done: false })
    } else if (this.#state === 'ended') {
      onChunk({ value: undefined, done: true })
    } else if (this.#state === 'failed') {
      onError(this.#error)
    } else {
      this.#readers.push({ onChunk, onError })
    }
  }

  /** The rest as one piece. */
  async readAll(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    for (;;) {
      const { value, done } = await this.read()
      if (done) return chunks.length === 1 ? (chunks[0] as Uint8Array) : join(chunks)
      chunks.push(value)
    }
  }

  cancel(reason?: unknown): Promise<void> {
    this.#chunks.length = 0
    if (this.#state === 'open') {
      this.#source.abort(reason)
      this.end()
    }
    return Promise.resolve()
  }
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}
