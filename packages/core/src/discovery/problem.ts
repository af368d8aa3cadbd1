/** Where in the package.json of a provider its declaration is. */
export const place = 'llmfb.provider'

/** What is wrong with a declaration, and where. */
export interface Problem {
  readonly path: string
  readonly problem: string
}
