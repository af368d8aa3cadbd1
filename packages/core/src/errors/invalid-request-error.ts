import { LlmfbError } from './llmfb-error.ts'

/** The caller's request is not valid; nothing was sent. */
export class InvalidRequestError extends LlmfbError {
  override readonly name: string = 'InvalidRequestError'
  /** Where, such as `request.messages[2].content[0].image` or `options.signal`. */
  readonly path: string

  constructor(path: string, problem: string) {
    super('invalid-request', `Invalid request: ${path} ${problem}`)
    this.path = path
  }
}
