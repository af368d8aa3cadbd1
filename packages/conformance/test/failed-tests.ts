import type { Test } from '../src/test.ts'

/** Runs what `declare` declares, all at the same time, and gives the names of what fails. */
export async function failedTests(declare: (test: Test) => void): Promise<readonly string[]> {
  const runs: Promise<string | undefined>[] = []
  const run = (name: string, work: () => Promise<void>): void => {
    runs.push(
      work().then(
        () => undefined,
        () => name,
      ),
    )
  }
  declare(Object.assign(run, { skip: () => {} }))
  return (await Promise.all(runs)).filter((name) => name !== undefined)
}
