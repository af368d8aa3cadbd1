import { LlmfbError } from './llmfb-error.ts'

/** One thing wrong with a configuration. */
export interface ConfigIssue {
  /** Where, such as `options.routes.chat.stages[0].targets[1]`. */
  readonly path: string
  /** What is wrong and what would be right. */
  readonly problem: string
}

/** The configuration is wrong; all that is wrong with it is in `issues`. */
export class InvalidConfigError extends LlmfbError {
  override readonly name: string = 'InvalidConfigError'
  readonly issues: readonly ConfigIssue[]

  constructor(issues: readonly ConfigIssue[]) {
    const lines = issues.map((issue) => `${issue.path} ${issue.problem}`)
    super('invalid-config', `Invalid configuration: ${lines.length === 1 ? lines[0] : `\n  ${lines.join('\n  ')}`}`)
    this.issues = issues
  }
}
