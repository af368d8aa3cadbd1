/** How a runner declares a test. The `test` of vitest, of `node:test` and of Bun are such. */
export interface Test {
  (name: string, run: () => Promise<void>): unknown
  skip(name: string, run: () => Promise<void>): unknown
}
