import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readReport } from '../../packages/conformance/src/report/report-file.ts'
import { claimsTooMuch } from '../../packages/conformance/src/report/tier.ts'
import { allCases } from '../../packages/conformance/src/suite/all-cases.ts'
import { folderOf } from '../docs/evidence.ts'
import { manifests } from '../docs/pages.ts'

const tested = manifests.filter(({ id }) => existsSync(join(folderOf(id), 'test/conformance.test.ts')))

test('the manifests of at least four providers are tested', () => {
  expect(tested.length).toBeGreaterThanOrEqual(4)
})

test.each(tested)('$id claims no more than its evidence', ({ id, tier }) => {
  const report = readReport(folderOf(id))
  expect(report?.provider).toBe(id)
  expect(claimsTooMuch(tier, report)).toBeUndefined()
  expect(Object.keys(report?.cases ?? {}), 'LLMFB_CONFORMANCE=write writes it').toEqual(allCases.map((each) => each.id))
})

test.each(tested)('$id runs the suite in at most 20 lines', ({ id }) => {
  const text = readFileSync(join(folderOf(id), 'test/conformance.test.ts'), 'utf8')
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
})
