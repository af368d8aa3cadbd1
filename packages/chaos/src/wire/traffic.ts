/** One call on its way, as far as both sides know. */
interface Exchange {
  /** Sent, and not there yet; there; answered, and the answer not there yet; being read. */
  state: 'sent' | 'arrived' | 'answered' | 'read'
  /** Bytes of the body that the service has sent and the provider has not read. */
  unread: number
  /** The service has nothing more to send. */
  ended: boolean
}

/** What is on its way between providers and services. */
export class Traffic {
  /** Grows with whatever happens. */
  count = 0
  readonly #exchanges = new Map<string, Exchange>()

  get isUnderWay(): boolean {
    for (const { state, unread, ended } of this.#exchanges.values()) {
      if (state === 'sent' || state === 'answered' || (state === 'read' && (unread > 0 || ended))) return true
    }
    return false
  }

  /** A fetch that tells of its calls; `call` is what each is known by. */
  async fetch(call: string, send: () => Promise<Response>): Promise<Response> {
    this.#exchanges.set(call, { state: 'sent', unread: 0, ended: false })
    this.count++
    try {
      const response = await send()
      if (response.body === null) this.#forget(call)
      else this.#note(call, { state: 'read' })
      return new Response(response.body && this.#watched(call, response.body), response)
    } catch (error) {
      this.#forget(call)
      throw error
    }
  }

  arrived(call: string): void {
    this.#note(call, { state: 'arrived' })
  }

  answered(call: string): void {
    this.#note(call, { state: 'answered' })
  }

  /** The same body; what of it is sent is noted. */
  async *sending(call: string, body: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const piece of body) {
      const { unread = 0 } = this.#exchanges.get(call) ?? {}
      this.#note(call, { unread: unread + Buffer.byteLength(piece) })
      yield piece
    }
    this.#note(call, { ended: true })
  }

  #watched(call: string, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader()
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      try {
        const { done, value } = await reader.read()
        if (done) {
          this.#forget(call)
          controller.close()
          return
        }
        const { unread = 0 } = this.#exchanges.get(call) ?? {}
        this.#note(call, { unread: unread - value.byteLength })
        controller.enqueue(value)
      } catch (error) {
        this.#forget(call)
        controller.error(error)
      }
    }
    const cancel = (reason: unknown): Promise<void> => {
      this.#forget(call)
      return reader.cancel(reason)
    }
    return new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 })
  }

  #note(call: string, news: Partial<Exchange>): void {
    this.count++
    const exchange = this.#exchanges.get(call)
    if (exchange) Object.assign(exchange, news)
  }

  #forget(call: string): void {
    this.count++
    this.#exchanges.delete(call)
  }
}
