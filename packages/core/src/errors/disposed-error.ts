import { LlmfbError } from './llmfb-error.ts'

/** The router was disposed and takes no more requests. */
export class DisposedError extends LlmfbError {
  override readonly name: string = 'DisposedError'

  constructor() {
    super('disposed', 'The router was disposed; make a new one with createRouter.')
  }
}
