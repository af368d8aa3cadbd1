import { systemClock } from '@llmfb/core/provider'
import { fail, ok } from 'node:assert/strict'
import type { ServiceDescription } from '../description/service-description.ts'
import type { MockService } from '../mock/mock-service.ts'
import { type RecordingTests, testRecordings } from '../recordings/test-recordings.ts'
import { createReport, type CaseResult, type Report } from '../report/report.ts'
import { compareReports, readReport, writeReport } from '../report/report-file.ts'
import { describeReport } from '../report/describe-report.ts'
import { claimsTooMuch, tierOf } from '../report/tier.ts'
import type { Test } from '../test.ts'
import { allCases } from './all-cases.ts'
import { connectSubject, type Subject } from './bench.ts'
import { type Excuse, runCase } from './run-case.ts'

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
  /** What `providerOptions` must hold for `metadata` to be sent, where it is left out otherwise. @default nothing */
  readonly metadataWith?: Subject['metadataWith']
  /** Cases that the provider does not keep, each with the reason. One that is unknown or not needed fails. @default none */
  readonly gaps?: Readonly<Record<string, string>>
  /** What real services answered, to be replayed as `testRecordings` does. @default none */
  readonly recordings?: RecordedAnswers
  /** Runs the cases a second time, against a mock of the service that others wrote. @default none */
  readonly mock?: MockService
  /** The vendor's own description of its API, by which every request is checked; undefined skips, aloud. @default none */
  readonly description?: ServiceDescription | undefined
  /**
   * Folder whose `conformance.json` the report is: the package's own. It is written where the variable LLMFB_CONFORMANCE
   * is `write`, and compared otherwise. @default none is kept
   */
  readonly report?: string
  /** The day by which the age of what is kept is judged, in UTC: `2026-11-21`. @default the day of the run */
  readonly today?: string
}

/**
 * Declares the tests that every provider passes, with the `test` of any runner: one for each case, and one that compares
 * the report with the one that is kept, and the tier that the manifest claims with the one that follows from it.
 */
export function testProvider(test: Test, tests: ProviderTests): void {
  const { gaps = {}, create, server, models, embeddingModel, metadataWith, recordings, mock } = tests
  const { today = dayOfRun() } = tests
  const checked = countRequests(tests.description)
  const { description } = checked
  const subject: Subject = {
    create,
    models,
    ...(server && { server }),
    ...(embeddingModel !== undefined && { embeddingModel }),
    ...(metadataWith && { metadataWith }),
    ...(description && { description }),
  }
  if ('description' in tests && !description) {
    test.skip('requests as the vendor describes them: the descriptions are not there: ../shared/specs', async () => {})
  }
  const results = testCases(test, subject, '', (id) => excuseOf('provider', gaps[id]))
  const mocked =
    mock &&
    testCases(test, { ...subject, models: mock.models ?? models, mock }, `${mock.name}, `, (id) => {
      return excuseOf('mock', mock.unfaithful[id] ?? (gaps[id] && `the provider has a gap there: ${gaps[id]}`))
    })
  const connect: RecordingTests['connect'] = async (address) => (await connectSubject(subject, address)).provider
  const replays = recordings && testRecordings(test, { label: 'recorded', connect, ...recordings })

  test('gaps: each is a case, and has its reason', async () => {
    expectReasons('the gap', gaps)
    if (mock) expectReasons(`${mock.name}: what is unfaithful`, mock.unfaithful)
  })

  test('report: it is what is kept, and carries the tier that is claimed', async () => {
    const missing = allCases.filter(({ id }) => !results.has(id) || mocked?.has(id) === false).map(({ id }) => id)
    ok(missing.length === 0, `these cases were not run: ${missing.join(', ')}`)
    const { plugin } = await connectSubject(subject, 'http://127.0.0.1:9')
    const kept = tests.report === undefined ? undefined : readReport(tests.report)
    const isReplayed = replays !== undefined && replays.all > 0
    const report = createReport({
      provider: plugin?.manifest.id ?? server?.name ?? 'provider',
      ...(server && { dialect: server.name }),
      models,
      // What is carried over from the report that is kept does not get younger by this run.
      checkedOn: !isReplayed && kept?.recordings ? kept.checkedOn : today,
      results,
      mock: mock && mocked && { service: mock.name, results: mocked },
      recordings: isReplayed ? { replayed: replays.replayed, of: replays.all } : kept?.recordings,
    })
    // oxlint-disable-next-line no-console -- the report is for people too
    console.info(describeReport(report, description && { by: description.name, requests: checked.requests }))
    const judged = keep(tests.report, kept, report)
    if (plugin) {
      const { id, tier } = plugin.manifest
      // A run that keeps no report is a part of the evidence: what was recorded may be in another.
      const claimed = tests.report === undefined && tier === 'production' ? 'beta' : tier
      const claim = claimsTooMuch(claimed, judged, today)
      const evidence = tierOf(judged, today)
      if (claim) fail(`the manifest of ${id} claims '${tier}', and the evidence is for '${evidence}': ${claim}`)
    }
  })
}

/** Declares a test for each case. @returns their results, as they come */
function testCases(
  test: Test,
  subject: Subject,
  prefix: string,
  excuse: (id: string) => Excuse | undefined,
): ReadonlyMap<string, CaseResult> {
  const results = new Map<string, CaseResult>()
  for (const each of allCases) {
    test(`${prefix}${each.id}: ${each.title}`, async () => {
      const { result, error } = await runCase(subject, each, excuse(each.id))
      results.set(each.id, result)
      if (error !== undefined) throw error
    })
  }
  return results
}

/** A description that counts what it was asked of. */
function countRequests(description: ServiceDescription | undefined): {
  readonly requests: number
  readonly description?: ServiceDescription
} {
  let requests = 0
  if (!description) return { requests }
  return {
    get requests() {
      return requests
    },
    description: {
      ...description,
      problemsOf(request) {
        if (request.method === 'POST') requests += 1
        return description.problemsOf(request)
      },
    },
  }
}

function excuseOf(of: Excuse['of'], reason: string | undefined): Excuse | undefined {
  return reason === undefined ? undefined : { of, reason }
}

function expectReasons(what: string, reasons: Readonly<Record<string, string>>): void {
  const known = new Set(allCases.map(({ id }) => id))
  for (const [id, reason] of Object.entries(reasons)) {
    ok(known.has(id), `${what} '${id}' is no case`)
    ok(reason.trim().length >= 10, `${what} '${id}' has no reason`)
  }
}

/** Writes the report or compares it with the one that is kept. @returns what is kept then, with its day */
function keep(folder: string | undefined, kept: Report | undefined, report: Report): Report {
  if (folder === undefined) return report
  if (process.env['LLMFB_CONFORMANCE'] === 'write') {
    writeReport(folder, report)
    return report
  }
  const difference = compareReports(kept, report)
  if (difference === undefined) return kept ?? report
  fail(`the report that is kept is stale (${difference}); run the tests with LLMFB_CONFORMANCE=write to write it`)
}

/** Today, in UTC. */
function dayOfRun(): string {
  return new Date(systemClock.wallTime()).toISOString().slice(0, 10)
}
