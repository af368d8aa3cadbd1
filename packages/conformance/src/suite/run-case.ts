import type { CaseResult } from '../report/report.ts'
import { openBench, type Subject } from './bench.ts'
import type { Case } from './case.ts'
import { readInapplicable } from './does-not-apply.ts'

/** What came of a case, with the error of one that failed. */
export interface Outcome {
  readonly result: CaseResult
  readonly error?: Error
}

/** Runs a case at a bench of its own. `gap` is the reason why it is not expected to pass. */
export async function runCase(subject: Subject, { id, run }: Case, gap: string | undefined): Promise<Outcome> {
  const bench = await openBench(subject)
  try {
    await run(bench)
  } catch (error) {
    const inapplicable = readInapplicable(error)
    if (inapplicable !== undefined) {
      return gap === undefined
        ? { result: { inapplicable } }
        : needless(`the gap '${id}' is needless: the case does not apply, since ${inapplicable}`)
    }
    return gap === undefined ? { result: { failed: messageOf(error) }, error: toError(error) } : { result: { gap } }
  } finally {
    await bench.close()
  }
  return gap === undefined ? { result: 'passed' } : needless(`the gap '${id}' is needless: the case passes`)
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
