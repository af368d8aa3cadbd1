import type { SpokenAnswer, Told } from '../dialect/wire-dialect.ts'

/** A mock of the service that others wrote: a second service, beside the wire server, that the suite runs against. */
export interface MockService {
  /** Such as `aimock`. */
  readonly name: string
  /** What its answers tell, where that is not what the service's tell. */
  readonly tells: Partial<Told>
  /** Models to ask it. @default those of the suite */
  readonly models?: readonly string[]
  /** Whether its errors tell a type and a code, beside the status and the message. */
  readonly codes: boolean
  /** Cases in which it does not answer as the service does, each with how. One that is unknown or not needed fails. */
  readonly unfaithful: Readonly<Record<string, string>>
  start(): Promise<RunningMock>
}

/** A mock on a socket of its own. */
export interface RunningMock {
  /** Without a path, and without a trailing slash. */
  readonly url: string
  /** Answers all that follow with `spoken`, in its own words. */
  say(spoken: SpokenAnswer): void
  /** Answers all that follow with an error. */
  fail(failure: MockFailure): void
  stop(): Promise<void>
}

/** An error, without the form in which a service reports it. */
export interface MockFailure {
  readonly status: number
  readonly message: string
  readonly type?: string
  readonly code?: string
}
