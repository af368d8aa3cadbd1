import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readReport } from '../../packages/conformance/src/report/report-file.ts'
import { claimsTooMuch, tierRule } from '../../packages/conformance/src/report/tier.ts'
import { systemClock } from '../../packages/core/src/runtime/system-clock.ts'
import { allCases } from '../../packages/conformance/src/suite/all-cases.ts'
import { folderOf } from '../docs/evidence.ts'
import { manifests } from '../docs/pages.ts'

const today = new Date(systemClock.wallTime()).toISOString().slice(0, 10)
const howTo = 'run its test/conformance.test.ts with LLMFB_CONFORMANCE=write'

test.each(manifests)('$id claims no more than its evidence', ({ id, tier }) => {
  const report = readReport(folderOf(id))
  expect(claimsTooMuch(tier, report, today), howTo).toBeUndefined()
  expect(report?.provider).toBe(id)
  expect(Object.keys(report?.cases ?? {}), howTo).toEqual(allCases.map((each) => each.id))
})

test.each(manifests.filter(({ tier }) => tier === 'production'))('$id is not production for ever', ({ id, tier }) => {
  const report = readReport(folderOf(id))
  const onDay = (days: number): string | undefined => {
    const day = new Date(Date.parse(report?.checkedOn ?? '') + days * 86_400_000).toISOString().slice(0, 10)
    return claimsTooMuch(tier, report, day)
  }
  expect(onDay(tierRule.production.days)).toBeUndefined()
  expect(onDay(tierRule.production.days + 1)).toContain('days old')
})

test.each(manifests)('$id runs the suite in at most 20 lines', ({ id }) => {
  const text = readFileSync(join(folderOf(id), 'test/conformance.test.ts'), 'utf8')
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
})
