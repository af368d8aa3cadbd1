import type { Manifest, ProviderPlugin } from '@llmfb/core/provider'
import { capabilitiesOf } from '@llmfb/core/provider'
import {
  type CaseResult,
  chatCompletions,
  type ProviderTests,
  type Recording,
  readReport,
  type ServiceOptions,
  testProvider,
  tierOf,
} from '@llmfb/conformance'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Test } from '../src/index.ts'
import { describeReport } from '../src/report/describe-report.ts'
import { createReport } from '../src/report/report.ts'
import { compareReports, writeReport } from '../src/report/report-file.ts'
import { acme as acmeProvider } from './acme/acme.ts'
import { manifest as acme } from './acme/manifest.ts'

let folder: string
beforeEach(() => {
  vi.stubEnv('LLMFB_CONFORMANCE', '')
  folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  vi.spyOn(console, 'info').mockImplementation(() => {})
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** A provider that asks nobody. */
function canned(change: Partial<Manifest> = {}): ProviderPlugin {
  const manifest = { ...acme, ...change }
  const said = {
    model: 'canned',
    provider: manifest.id,
    warnings: [],
    finishReason: { unified: 'stop', raw: 'stop' },
  } as const
  return {
    specificationVersion: 1,
    manifest,
    create: ({ id }) => ({
      specificationVersion: 1,
      id,
      capabilities: (model) => capabilitiesOf(manifest, model),
      async chat(_request, { signal } = {}) {
        signal?.throwIfAborted()
        return { text: 'Hello.', content: [{ type: 'text', text: 'Hello.' }], ...said }
      },
      async *stream(_request, { signal } = {}) {
        signal?.throwIfAborted()
        yield { type: 'text-delta', text: 'Hello.' }
        yield { type: 'finish', ...said }
      },
    }),
  }
}

/** What a service was recorded to refuse. */
const failure: Recording = {
  id: 'acme-401',
  provider: 'acme',
  api: 'chat',
  method: 'POST',
  url: 'https://api.acme.test/chat',
  status: 401,
  stream: false,
  features: [],
  resHeaders: {},
  resBody: '{}',
}

/** Runs what `testProvider` declares, as a runner would. @returns what failed, by the name of the test */
async function run(
  change: Partial<ProviderTests> = {},
  only = (_name: string): boolean => true,
): Promise<Record<string, string>> {
  const declared: [string, () => Promise<void>][] = []
  const declare = (name: string, body: () => Promise<void>): void => void declared.push([name, body])
  const runner: Test = Object.assign(declare, { skip: () => {} })
  testProvider(runner, { create: () => canned(), models: ['canned'], report: folder, ...change })
  const failed: Record<string, string> = {}
  for (const [name, body] of declared.filter(([each]) => only(each))) {
    await body().catch((error: unknown) => (failed[name.split(':')[0] ?? ''] = (error as Error).message))
  }
  return failed
}

test('a report is written when asked for, and compared otherwise', async () => {
  expect(await run()).toEqual({ report: expect.stringContaining('stale (there is none)') })
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  expect(await run()).toEqual({})
  vi.stubEnv('LLMFB_CONFORMANCE', '')
  expect(await run()).toEqual({})
  const report = readReport(folder)
  expect(report).toMatchObject({ version: 1, provider: 'acme', models: ['canned'] })
  expect(report?.cases).toMatchObject({
    'contract.answer': 'passed',
    'abort.before': 'passed',
    'keys.sent': { inapplicable: 'there is no service behind it' },
  })
  expect(await run({ models: ['another'] })).toEqual({ report: expect.stringContaining('stale (models)') })
})

test('a case that fails is in the report, and keeps the manifest from claiming more', async () => {
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  const broken = canned()
  const failed = await run({
    create: () => ({
      ...broken,
      create: async (context) => ({ ...(await broken.create(context)), specificationVersion: 2 as 1 }),
    }),
  })
  expect(Object.keys(failed)).toEqual(['contract.provider', 'report'])
  expect(failed['report']).toMatch(/claims 'beta', and the evidence is for 'planned': contract\.provider does not pass/)
  expect(readReport(folder)?.cases['contract.provider']).toHaveProperty('failed')
})

test('a manifest that claims more than its evidence fails', async () => {
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  expect(await run({ create: () => canned({ tier: 'experimental' }) })).toEqual({})
  expect(await run({ create: () => canned({ tier: 'production' }) })).toEqual({
    report: expect.stringContaining("claims 'production', and the evidence is for 'beta': 0 recordings"),
  })
})

test('what is kept grows old, until a run with the recordings writes it anew', async () => {
  const only = (name: string): boolean => !name.startsWith('recorded')
  const create = (): ProviderPlugin => canned({ tier: 'production' })
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  await run({ today: '2026-11-21' })
  const kept = readReport(folder)
  if (!kept) throw new Error('nothing was written')
  writeReport(folder, { ...kept, recordings: { replayed: 20, of: 20 } })
  expect(await run({ create, today: '2027-05-20' })).toEqual({})
  expect(readReport(folder)?.checkedOn).toBe('2026-11-21')
  vi.stubEnv('LLMFB_CONFORMANCE', '')
  expect(await run({ create, today: '2027-05-20' })).toEqual({})
  expect(await run({ create, today: '2027-05-21' })).toEqual({
    report: expect.stringContaining("the evidence is for 'beta': the evidence of 2026-11-21 is 181 days old"),
  })
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  const recordings = { recordings: [failure], usage: () => undefined }
  await run({ create, recordings, today: '2027-05-21' }, only)
  expect(readReport(folder)?.checkedOn).toBe('2027-05-21')
})

test('gaps are cases, have a reason, and are needed', async () => {
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  const broken = canned()
  const create: ProviderTests['create'] = () => ({
    ...broken,
    manifest: { ...broken.manifest, tier: 'planned' },
    create: async (context) => ({ ...(await broken.create(context)), specificationVersion: 2 as 1 }),
  })
  const reason = 'it is of a version that is still to come'
  expect(await run({ create, gaps: { 'contract.provider': reason } })).toEqual({})
  expect(readReport(folder)?.cases['contract.provider']).toEqual({ gap: reason })
  expect(await run({ gaps: { 'contract.provider': reason } })).toMatchObject({
    'contract.provider': expect.stringContaining('needless: the case passes'),
  })
  expect(await run({ gaps: { 'tools.call': reason } })).toMatchObject({
    'tools.call': expect.stringContaining('needless: the case does not apply'),
  })
  expect(await run({ gaps: { 'tools.dreams': reason } })).toMatchObject({ gaps: "the gap 'tools.dreams' is no case" })
  expect(await run({ create, gaps: { 'contract.provider': '' } })).toMatchObject({
    gaps: expect.stringContaining('no reason'),
  })
})

test('where the recordings are not there, what the report says of them stands', async () => {
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  await run()
  const report = readReport(folder)
  if (!report) throw new Error('there is no report')
  writeReport(folder, { ...report, recordings: { replayed: 20, of: 20 } })
  vi.stubEnv('LLMFB_CONFORMANCE', '')
  const recordings = { recordings: undefined, usage: () => undefined }
  expect(await run({ recordings, create: () => canned({ tier: 'production' }) })).toEqual({})
})

test('a run of some of the cases makes no report', async () => {
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  const failed = await run({}, (name) => !name.startsWith('keys.'))
  expect(failed).toEqual({ report: expect.stringMatching(/were not run: .*keys\.sent/) })
  expect(readReport(folder)).toBeUndefined()
})

test('the report is printed, gaps and failures with their reasons', async () => {
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  const reason = 'it is too early to say'
  const broken = canned({ name: '', tier: 'planned' })
  await run({ create: () => broken, gaps: { 'contract.manifest': reason } })
  expect(vi.mocked(console.info).mock.calls.flat().join('\n')).toMatch(
    new RegExp(
      `^acme: \\d+ cases passed, 1 gaps, 0 failed, \\d+ do not apply; evidence for 'planned'\n  gap contract.manifest: ${reason}$`,
    ),
  )
})

test('what failed against a mock is in the report, and counts like any other', async () => {
  vi.stubEnv('LLMFB_CONFORMANCE', 'write')
  const nobody = { url: 'http://127.0.0.1:9', say: () => {}, fail: () => {}, stop: async () => {} }
  const mock = { name: 'a mock', tells: {}, codes: true, unfaithful: {}, start: async () => nobody }
  const server = chatCompletions({ reasoningField: 'reasoning_content' })
  const subject = { create: (options: ServiceOptions) => acmeProvider(options), models: ['acme-large'], server, mock }
  const failed = await run(subject, (name) => name.startsWith('a mock, text.answer') || name.startsWith('report'))
  expect(failed).toMatchObject({
    'a mock, text.answer': expect.any(String),
    report: expect.stringContaining('these cases were not run: contract.manifest'),
  })
  const report = createReport({
    provider: 'acme',
    models: ['acme-large'],
    checkedOn: '2026-11-21',
    recordings: { replayed: 20, of: 20 },
    results: new Map([['text.answer', 'passed']]),
    mock: { service: 'a mock', results: new Map<string, CaseResult>([['text.answer', { failed: 'it is wrong' }]]) },
  })
  expect(tierOf(report, report.checkedOn)).toBe('experimental')
  expect(describeReport(report)).toBe(
    `acme: 1 cases passed, 0 gaps, 0 failed, 0 do not apply; against a mock 0 passed, 1 failed, 0 do not apply; 20 of 20 recordings replayed; evidence for 'experimental'\n  failed text.answer: it is wrong`,
  )
  expect(describeReport(report, { by: 'acme.json', requests: 7 })).toContain(
    '7 requests checked by acme.json; evidence',
  )
  const { mock: _none, ...without } = report
  expect(compareReports(report, without)).toBe('mock: text.answer')
  expect(compareReports(report, report)).toBeUndefined()
})

test('what a mock is unfaithful in is a case, and has its reason', async () => {
  const mock = (unfaithful: Record<string, string>) => ({
    name: 'a mock',
    tells: {},
    codes: true,
    unfaithful,
    start: () => Promise.reject(new Error('no mock')),
  })
  const only = (name: string): boolean => name.startsWith('gaps')
  expect(await run({ mock: mock({ 'text.dreams': 'it has none of them' }) }, only)).toEqual({
    gaps: "a mock: what is unfaithful 'text.dreams' is no case",
  })
  expect(await run({ mock: mock({ 'text.answer': '' }) }, only)).toEqual({
    gaps: "a mock: what is unfaithful 'text.answer' has no reason",
  })
})

test('a description that is not there is skipped, aloud', () => {
  const skipped: string[] = []
  const runner: Test = Object.assign(() => {}, { skip: (name: string) => void skipped.push(name) })
  testProvider(runner, { create: () => canned(), models: ['canned'], description: undefined })
  testProvider(runner, { create: () => canned(), models: ['canned'] })
  expect(skipped).toEqual(['requests as the vendor describes them: the descriptions are not there: ../shared/specs'])
})
