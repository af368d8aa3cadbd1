/** Most that may be sent to a target. What is absent is not limited. */
export interface Limits {
  /** Requests a minute. */
  readonly rpm?: number
  /** Tokens a minute, of prompts and answers together. */
  readonly tpm?: number
  /** Tokens a minute of prompts. */
  readonly inputTpm?: number
  /** Tokens a minute of answers. */
  readonly outputTpm?: number
  /** Calls at the same time. */
  readonly concurrency?: number
}
