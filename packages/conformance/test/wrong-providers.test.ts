import { describe, expect, test } from 'vitest'
import { allCases } from '../src/suite/all-cases.ts'
import { runCase } from '../src/suite/run-case.ts'
import { inItsWays } from './wrong/in-its-ways.ts'
import { type Besides, type Row, subjectOf, type Wrong } from './wrong/make-wrong.ts'
import { onTheWire } from './wrong/on-the-wire.ts'
import { withKeys } from './wrong/with-keys.ts'

/** These hang, and take the patience of the suite, all at the same time. */
const hanging = ['abort.', 'stream.incremental', 'stream.held-open']
const hangs = ([, [id]]: (typeof all)[number]): boolean => hanging.some((start) => id.startsWith(start))
const all: readonly [string, Row][] = [
  ...Object.entries(inItsWays),
  ...Object.entries(withKeys),
  ...onTheWire.map(([name, ...row]): [string, Row] => [name, row]),
]

describe('a provider that', () => {
  test.concurrent.each(all.filter(hangs))('%s fails where it should', async (_name, row) => {
    expect(await resultsOf(...row)).toEqual({ wrong: { failed: expect.any(String) }, good: 'passed-or-inapplicable' })
  })
  test.each(all.filter((row) => !hangs(row)))('%s fails where it should', async (_name, row) => {
    expect(await resultsOf(...row)).toEqual({ wrong: { failed: expect.any(String) }, good: 'passed-or-inapplicable' })
  })
})

test('every case has a provider that fails it', () => {
  const failed = new Set(all.map(([, [id]]) => id))
  const missing = allCases.map(({ id }) => id).filter((id) => !failed.has(id))
  // Theirs have to sign reasoning, load models, or send frames with checksums, which this dialect does not.
  expect(missing).toEqual(['reasoning.replayed', 'failures.warming', 'malformed.damaged'])
})

/** What becomes of a case with a wrong provider, and with the good one that it is made of. */
async function resultsOf(id: string, wrong: Wrong, besides?: Besides): Promise<object> {
  const found = allCases.find((each) => each.id === id)
  if (!found) throw new Error(`there is no case ${id}`)
  const good = (
    await runCase(
      subjectOf(() => ({})),
      found,
      undefined,
    )
  ).result
  const isGood = good === 'passed' || 'inapplicable' in good
  const { result } = await runCase(subjectOf(wrong, besides), found, undefined)
  return { wrong: result, good: isGood ? 'passed-or-inapplicable' : good }
}
