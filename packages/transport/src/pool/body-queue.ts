import type { BodyReader, Chunk } from '../body-reader.ts'

/** Where the bytes come from. */
export interface BodySource {
  pause(): void
  resume(): void
  /** Nobody wants the rest: closes the connection. */
  abort(reason: unknown): void
}

/** Bytes that wait for a reader before the source is paused. Nearly all answers that are not streamed fit, whoever reads them. */
const mostWaiting = 1_048_576

/** The body of an answer between the socket that fills it and the one reader that empties it. */
export class BodyQueue implements BodyReader {
  readonly #source: BodySource
  #chunks: Uint8Array[] = []
  #waitingBytes = 0
  #paused = false
  #state: 'open' | 'ended' | 'failed' = 'open'
  #error: unknown
  #wake: (() => void) | undefined

  constructor(source: BodySource) {
    this.#source = source
  }

  push(chunk: Uint8Array): void {
    if (this.#state !== 'open') return
    this.#chunks.push(chunk)
    this.#waitingBytes += chunk.byteLength
    if (this.#waitingBytes > mostWaiting && !this.#paused) {
      this.#paused = true
      this.#source.pause()
    }
    this.#wakeReader()
  }

  end(): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    this.#wakeReader()
  }

  /** What has arrived before is read first, unless `now`. */
  fail(error: unknown, now = false): void {
    if (this.#state !== 'open') return
    this.#state = 'failed'
    this.#error = error
    if (now) this.#chunks = []
    this.#wakeReader()
  }

  async read(): Promise<Chunk> {
    for (;;) {
      const value = this.#take()
      if (value !== undefined) return { value, done: false }
      if (this.#state === 'failed') throw this.#error
      if (this.#state === 'ended') return { value: undefined, done: true }
      await this.#arrival()
    }
  }

  /** The rest as one piece. */
  async readAll(): Promise<Uint8Array> {
    let taken: Uint8Array[] = []
    for (;;) {
      taken = taken.length === 0 ? this.#chunks : taken.concat(this.#chunks)
      this.#chunks = []
      this.#resume()
      if (this.#state === 'failed') throw this.#error
      if (this.#state === 'ended') break
      await this.#arrival()
    }
    return taken.length === 1 ? (taken[0] as Uint8Array) : join(taken)
  }

  cancel(reason?: unknown): Promise<void> {
    this.#chunks = []
    if (this.#state === 'open') {
      this.#state = 'ended'
      this.#source.abort(reason ?? new DOMException('The body was cancelled', 'AbortError'))
      this.#wakeReader()
    }
    return Promise.resolve()
  }

  #take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift()
    if (chunk === undefined) return undefined
    this.#waitingBytes -= chunk.byteLength
    if (this.#chunks.length === 0) this.#resume()
    return chunk
  }

  #resume(): void {
    this.#waitingBytes = 0
    if (!this.#paused) return
    this.#paused = false
    if (this.#state === 'open') this.#source.resume()
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }

  #wakeReader(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
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
