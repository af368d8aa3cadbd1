import type { FilePart, Opaque, ToolCallPart } from './part.ts'
import type { Attempt } from './ledger.ts'
import type { ChatResponse } from './response.ts'
import type { Usage } from './usage.ts'

/** A piece of the answer's text. */
export interface TextDelta {
  readonly type: 'text-delta'
  readonly text: string
  /** Closes the text part it comes with. */
  readonly opaque?: Opaque
}

/** A piece of the model's reasoning; one with `opaque` closes its reasoning part. */
export interface ReasoningDelta {
  readonly type: 'reasoning-delta'
  readonly text: string
  readonly opaque?: Opaque
}

/** A tool call in the making. `name` is in the first delta of a call. */
export interface ToolCallDelta {
  readonly type: 'tool-call-delta'
  /** Position of the call in the answer, from 0. */
  readonly index: number
  readonly id: string
  readonly name?: string
  /** The next piece of the arguments' JSON text. */
  readonly arguments: string
}

/** A complete tool call; every call gives one, after its deltas. */
export interface ToolCallEvent extends ToolCallPart {
  readonly index: number
}

/** A complete file the model made. */
export interface FileEvent extends FilePart {}

/** What the call has used so far; the newest counts. */
export interface UsageEvent {
  readonly type: 'usage'
  readonly usage: Usage
}

/** The terminal marker. A stream that ends without one was cut. */
export interface FinishEvent extends Omit<ChatResponse, 'text' | 'content'> {
  readonly type: 'finish'
}

/** From a router only: a call failed before any content of the answer, and another follows. */
export interface AttemptFailedEvent {
  readonly type: 'attempt-failed'
  readonly attempt: Attempt
}

/**
 * From a router only, on a route with `afterCommit: 'restart'`: the call failed after content had been delivered. All of
 * that is void, and the answer begins anew.
 */
export interface ResetEvent {
  readonly type: 'reset'
  readonly attempt: Attempt
}

/** What a stream yields. Structural events of the wire (roles, pings, empty deltas) are not passed on. */
export type StreamEvent =
  | TextDelta
  | ReasoningDelta
  | ToolCallDelta
  | ToolCallEvent
  | FileEvent
  | UsageEvent
  | FinishEvent
  | AttemptFailedEvent
  | ResetEvent
