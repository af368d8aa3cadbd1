/** A single event is larger than any honest service would send; reading it further would only fill the memory. */
export class EventTooLargeError extends Error {
  override readonly name: string = 'EventTooLargeError'
  /** Tells this error apart, whichever copy of the package threw it. */
  readonly code = 'event-too-large'
  /** The most an event may have, in UTF-16 code units: bytes, for ASCII. */
  readonly limit: number

  constructor(limit: number) {
    super(`A server-sent event is larger than ${limit / 2 ** 20} MiB.`)
    this.limit = limit
  }
}
