import { LlmfbError } from './llmfb-error.ts'

/** `model` names nothing the router knows; nothing was sent. */
export class UnknownModelError extends LlmfbError {
  override readonly name: string = 'UnknownModelError'
  readonly model: string
  /** Known names that look most like it, best first. */
  readonly nearest: readonly string[]

  constructor(model: string, nearest: readonly string[], reason?: string) {
    const hint = nearest.length > 0 ? ` Did you mean ${nearest.map((name) => `'${name}'`).join(' or ')}?` : ''
    super(
      'unknown-model',
      `Unknown model: request.model '${model}' ${reason ?? 'is neither a route nor a target'}.${hint}`,
    )
    this.model = model
    this.nearest = nearest
  }
}
