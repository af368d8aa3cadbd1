import type { Manifest, ProviderPlugin } from '@llmfb/core/provider'
import { capabilitiesOf } from '@llmfb/core/provider'
import { type ProviderTests, readReport, testProvider } from '@llmfb/conformance'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Test } from '../src/index.ts'
import { writeReport } from '../src/report/report-file.ts'
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
