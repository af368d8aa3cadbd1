import { systemClock } from '@llmfb/core/provider'
import { fail, ok } from 'node:assert/strict'
import { type RecordingTests, testRecordings } from '../recordings/test-recordings.ts'
import { createReport, type CaseResult, type Report } from '../report/report.ts'
import { compareReports, readReport, writeReport } from '../report/report-file.ts'
import { describeReport } from '../report/describe-report.ts'
import { claimsTooMuch, tierOf } from '../report/tier.ts'
import type { Test } from '../test.ts'
import { allCases } from './all-cases.ts'
import { connectSubject, type Subject } from './bench.ts'
import { runCase } from './run-case.ts'

/** What `testRecordings` takes, without what `testProvider` knows already. */
export interface RecordedAnswers extends Omit<RecordingTests, 'label' | 'connect'> {
  /** @default what `create` makes */
  readonly connect?: RecordingTests['connect']
}

/** What `testProvider` tests. */
export interface ProviderTests {
  /** Makes the provider under test with the options that all providers share; `context` is what a plugin is given. */
  readonly create: Subject['create']
  /** How the service speaks on the wire. Without one the provider has no service, and only what needs none is tested. */
  readonly server?: Subject['server']
  /** Models to ask; the first is asked in all cases, every one for its parameters. Take one of each kind. */
  readonly models: readonly string[]
  /** Model that makes vectors, where there are any. @default the first of `models` */
  readonly embeddingModel?: string
  /** Cases that the provider does not keep, each with the reason. One that is unknown or not needed fails. @default none */
  readonly gaps?: Readonly<Record<string, string>>
  /** What real services answered, to be replayed as `testRecordings` does. @default none */
  readonly recordings?: RecordedAnswers
  /**
   * Folder whose `conformance.json` the report is: the package's own. It is written where the variable LLMFB_CONFORMANCE
   * is `write`, and compared otherwise. @default none is kept
   */
  readonly report?: string
}

/**
 * Declares the tests that every provider passes, with the `test` of any runner: one for each case, and one that compares
 * the report with the one that is kept, and the tier that the manifest claims with the one that follows from it.
 */
export function testProvider(test: Test, tests: ProviderTests): void {
  const { gaps = {}, create, server, models, embeddingModel, recordings } = tests
  const subject: Subject = {
    create,
    models,
    ...(server && { server }),
    ...(embeddingModel !== undefined && { embeddingModel }),
  }
  const results = new Map<string, CaseResult>()
  for (const each of allCases) {
    test(`${each.id}: ${each.title}`, async () => {
      const { result, error } = await runCase(subject, each, gaps[each.id])
      results.set(each.id, result)
      if (error !== undefined) throw error
    })
  }
  const connect: RecordingTests['connect'] = async (address) => (await connectSubject(subject, address)).provider
  const replays = recordings && testRecordings(test, { label: 'recorded', connect, ...recordings })

  test('gaps: each is a case, and has its reason', async () => {
    const known = new Set(allCases.map(({ id }) => id))
    for (const [id, reason] of Object.entries(gaps)) {
      ok(known.has(id), `the gap '${id}' is no case`)
      ok(reason.trim().length >= 10, `the gap '${id}' has no reason`)
    }
  })

  test('report: it is what is kept, and carries the tier that is claimed', async () => {
    const missing = allCases.filter(({ id }) => !results.has(id)).map(({ id }) => id)
    ok(missing.length === 0, `these cases were not run: ${missing.join(', ')}`)
    const { plugin } = await connectSubject(subject, 'http://127.0.0.1:9')
    const kept = tests.report === undefined ? undefined : readReport(tests.report)
    const report = createReport({
      provider: plugin?.manifest.id ?? server?.name ?? 'provider',
      ...(server && { dialect: server.name }),
      models,
      checkedOn: new Date(systemClock.wallTime()).toISOString().slice(0, 10),
      results,
      recordings: replays && replays.all > 0 ? { replayed: replays.replayed, of: replays.all } : kept?.recordings,
    })
    // oxlint-disable-next-line no-console -- the report is for people too
    console.info(describeReport(report))
    keep(tests.report, kept, report)
    if (plugin) {
      const { id, tier } = plugin.manifest
      const claim = claimsTooMuch(tier, report)
      if (claim) fail(`the manifest of ${id} claims '${tier}', and the evidence is for '${tierOf(report)}': ${claim}`)
    }
  })
}

function keep(folder: string | undefined, kept: Report | undefined, report: Report): void {
  if (folder === undefined) return
  const difference = compareReports(kept, report)
  if (difference === undefined) return
  if (process.env['LLMFB_CONFORMANCE'] === 'write') writeReport(folder, report)
  else fail(`the report that is kept is stale (${difference}); run the tests with LLMFB_CONFORMANCE=write to write it`)
}
