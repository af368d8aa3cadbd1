import { LlmfbError } from './llmfb-error.ts'

/** A target that cannot be used, and why. */
export interface UnavailableTarget {
  /** Such as `openai/gpt-5`. */
  readonly target: string
  readonly route: string
  /** What is missing and how to supply it. */
  readonly reason: string
}

/** A route has no target that could ever be called; with `strict`, one that could not is enough. */
export class NoUsableTargetError extends LlmfbError {
  override readonly name: string = 'NoUsableTargetError'
  readonly route: string
  readonly unavailable: readonly UnavailableTarget[]

  constructor(route: string, unavailable: readonly UnavailableTarget[], strict = false) {
    const lines = unavailable.map(({ target, reason }) => `\n  ${target}: ${reason}`)
    const what = strict ? 'may have no unavailable target, since strict is set' : 'has no usable target'
    super('no-usable-target', `Route '${route}' ${what}:${lines.join('')}`)
    this.route = route
    this.unavailable = unavailable
  }
}
