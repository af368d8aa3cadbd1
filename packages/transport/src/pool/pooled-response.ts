import type { BodyReader } from '../body-reader.ts'
import type { BodyQueue } from './body-queue.ts'
import type { PooledHeaders } from './pooled-headers.ts'

/** What an answer is made of. */
export interface Head {
  readonly status: number
  readonly statusText: string
  readonly headers: PooledHeaders
  readonly url: string
  readonly redirected: boolean
}

/** A response's bytes are never shared memory, which not every platform's types know. */
type Bytes = Uint8Array<ArrayBuffer>

/** What the SDKs use of a `Response`, made cheaply: its `ReadableStream` comes into being when it is asked for. */
export class PooledResponse {
  readonly status: number
  readonly statusText: string
  readonly ok: boolean
  readonly headers: PooledHeaders
  readonly url: string
  readonly redirected: boolean
  readonly type = 'basic'
  /** Undefined where there is no body, or a copy of it was made, so that all bytes go through `#stream`. */
  #queue: BodyQueue | undefined
  #stream: ReadableStream<Bytes> | undefined
  #taken = false

  constructor(head: Head, queue: BodyQueue | undefined) {
    this.status = head.status
    this.statusText = head.statusText
    this.ok = head.status >= 200 && head.status < 300
    this.headers = head.headers
    this.url = head.url
    this.redirected = head.redirected
    this.#queue = queue
  }

  get body(): ReadableStream<Bytes> | null {
    if (this.#stream === undefined && this.#queue !== undefined) {
      this.#stream = toStream(this.#queue, () => (this.#taken = true))
      if (this.#taken) this.#stream.getReader() // it is locked
    }
    return this.#stream ?? null
  }

  get bodyUsed(): boolean {
    return this.#taken
  }

  /** What `bodyReaderOf` takes. */
  directReader(): BodyReader | undefined {
    return this.#stream?.locked === true ? undefined : this.#take()
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async bytes(): Promise<Bytes> {
    const queue = this.#stream?.locked === true ? undefined : this.#take()
    if (queue) return (await queue.readAll()) as Bytes
    return new Uint8Array(await this.#toPlatform(this.#stream).arrayBuffer())
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await this.bytes()
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  }

  blob(): Promise<Blob> {
    return this.#toPlatform(this.body).blob()
  }

  formData(): Promise<FormData> {
    return this.#toPlatform(this.body).formData()
  }

  /** The platform's own response. */
  clone(): Response {
    if (this.#taken) throw used()
    const [own, copy] = this.body?.tee() ?? []
    this.#stream = own
    this.#queue = undefined
    return this.#toPlatform(copy)
  }

  #toPlatform(body: ReadableStream<Bytes> | null | undefined): Response {
    const { status, statusText } = this
    return new Response(body as never, { status, statusText, headers: [...this.headers] })
  }

  #take(): BodyQueue | undefined {
    if (this.#queue === undefined) return undefined
    if (this.#taken) throw used()
    this.#taken = true
    this.#stream?.getReader() // it is locked
    return this.#queue
  }
}

function used(): TypeError {
  return new TypeError('The body is being read, or has been')
}

function toStream(queue: BodyQueue, onUse: () => void): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        onUse()
        const { value, done } = await queue.read()
        if (done) controller.close()
        else controller.enqueue(value as Bytes)
      },
      cancel(reason) {
        onUse()
        return queue.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
