import { testDeafFetch } from '@llmfb/conformance'
import { expect, test } from 'vitest'
import { failedTests } from './failed-tests.ts'
import { asking, type Besides, subjectOf, type Wrong } from './wrong/make-wrong.ts'

const failedOf = (wrong: Wrong, besides?: Besides): Promise<readonly string[]> =>
  failedTests((run) => testDeafFetch(run, { ...subjectOf(wrong, besides), model: 'acme-large' }))

test.concurrent('a provider that heeds its signals itself passes', async () => {
  expect(await failedOf(() => ({}))).toEqual([])
})

test.concurrent('one that leaves signals to its fetch fails', { timeout: 30_000 }, async () => {
  const failed = await failedOf(asking((request) => [request, undefined]))
  expect(failed).toHaveLength(6)
  expect(failed.every((name) => name.includes('its caller leaves'))).toBe(true)
})

test.concurrent('one that knows no time fails', { timeout: 30_000 }, async () => {
  const failed = await failedOf(() => ({}), { options: ({ timeoutMs: _, ...options }) => options })
  expect(failed).toHaveLength(4)
  expect(failed.every((name) => name.includes('timeoutMs'))).toBe(true)
})

test.concurrent('one whose facets heed nothing fails', { timeout: 30_000 }, async () => {
  const failed = await failedOf(() => ({ health: { cost: 'free', probe: () => new Promise(() => {}) } }))
  expect(failed).toEqual([expect.stringContaining('facets')])
})
