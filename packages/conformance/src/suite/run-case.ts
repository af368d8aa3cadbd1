import type { CaseResult } from '../report/report.ts'
import { openBench, type Subject } from './bench.ts'
import type { Case } from './case.ts'
import { doesNotApply, readInapplicable } from './does-not-apply.ts'

/** What came of a case, with the error of one that failed. */
export interface Outcome {
  readonly result: CaseResult
  readonly error?: Error
}

/** Why a case is not expected to pass. */
export interface Excuse {
  /** Whose fault it is: the provider's, which is a gap, or the mock's. */
  readonly of: 'provider' | 'mock'
  readonly reason: string
}

/** Runs a case at a bench of its own. */
export async function runCase(subject: Subject, { id, run }: Case, excuse: Excuse | undefined): Promise<Outcome> {
  const bench = await openBench(subject)
  try {
    await run(bench)
    if (subject.mock && bench.server.requests.length === 0) doesNotApply('it asks nothing of a service')
    expectDescribed(bench.problems(), subject)
  } catch (error) {
    const inapplicable = readInapplicable(error)
    if (excuse?.of === 'mock') return { result: { inapplicable: inapplicable ?? excuse.reason } }
    if (inapplicable !== undefined) {
      return excuse === undefined
        ? { result: { inapplicable } }
        : needless(`the gap '${id}' is needless: the case does not apply, since ${inapplicable}`)
    }
    if (excuse !== undefined) return { result: { gap: excuse.reason } }
    return { result: { failed: messageOf(error) }, error: toError(error) }
  } finally {
    await bench.close()
  }
  if (excuse === undefined) return { result: 'passed' }
  return excuse.of === 'provider'
    ? needless(`the gap '${id}' is needless: the case passes`)
    : needless(`${subject.mock?.name} is said to be unfaithful in '${id}', and the case passes`)
}

function expectDescribed(problems: readonly string[], { description }: Subject): void {
  const [problem, ...more] = new Set(problems)
  if (problem === undefined) return
  const others = more.length > 0 ? `, and ${more.length} more` : ''
  throw new Error(`what was sent is not as ${description?.name} describes it: ${problem}${others}`)
}

function needless(message: string): Outcome {
  return { result: { failed: message }, error: new Error(message) }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return (message.split('\n', 1)[0] ?? '').slice(0, 200)
}
