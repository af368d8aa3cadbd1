import { describe, expect, it } from 'vitest'
import { failureKinds } from '../../src/errors/failure-kind.ts'
import { describeFailure } from './describe-failure.ts'
import type { ScenarioKind } from './scenario.ts'
import { kindOf } from './scenario.ts'
import { simulate } from './simulate.ts'

// `pnpm simulate` runs a million requests; see main.ts.
const { SIMULATION_SEED, SIMULATION_REQUESTS } = process.env
const seeds = SIMULATION_SEED === undefined ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : SIMULATION_SEED.split(',').map(Number)

/** Shares and droughts want many requests, which are cheap where nothing fails. */
const requestsOf: Readonly<Record<ScenarioKind, number>> = { rough: 4000, shared: 4000, calm: 10_000, mending: 10_000 }

describe('a router in a simulated world', () => {
  const total: Record<string, number> = {}

  it.each(seeds)(
    'keeps all its promises, seed %i',
    async (seed) => {
      const requests = Number(SIMULATION_REQUESTS ?? requestsOf[kindOf(seed)])
      const { violations, counts } = await simulate({ seed, requests })
      for (const [what, times] of Object.entries(counts)) total[what] = (total[what] ?? 0) + times
      if (violations.length > 0) expect.fail(describeFailure(seed, requests, violations))
      expect(counts['request-started']).toBeGreaterThan(0)
    },
    300_000,
  )

  it.skipIf(SIMULATION_SEED !== undefined || SIMULATION_REQUESTS !== undefined)('sees all there is to see', () => {
    const expected = [
      ...['success', 'route-failed', 'interrupted', 'aborted', 'left'].map((type) => `outcome: ${type}`),
      ...['first', 'retry', 'next-target', 'next-stage', 'waited', 'forced', 'hedge', 'continue', 'restart'].map(
        (reason) => `attempt: ${reason}`,
      ),
      ...['paused', 'account-paused', 'circuit-open', 'retry-budget', 'window-too-small', 'window-not-larger'].map(
        (reason) => `exclusion: ${reason}`,
      ),
      ...['limit', 'cost-limit', 'isolated', 'vector-space', 'not-capable'].map((reason) => `exclusion: ${reason}`),
      ...failureKinds.filter((kind) => kind !== 'aborted').map((kind) => `failure: ${kind}`),
      ...['rough', 'shared', 'calm', 'mending'].map((kind) => `scenario: ${kind}`),
      ...['rate-limit', 'quota', 'authentication', 'permission', 'model-not-found'].map(
        (kind) => `failure by key: ${kind}`,
      ),
      'attempt: next-key',
      ...['replace', 'rotate'].map((change) => `keys: ${change}`),
      ...['opened', 'half-opened', 'closed', 'isolated'].map((change) => `circuit-${change}`),
      'attempt-outraced',
      'reloaded',
      'reload-rejected',
      'reset',
    ]
    expect(expected.filter((what) => !total[what])).toEqual([])
  })

  it('gives the same ledgers for the same seed, and others for another', async () => {
    const [once, again, other] = [
      await simulate({ seed: 77, requests: 1000 }),
      await simulate({ seed: 77, requests: 1000 }),
      await simulate({ seed: 78, requests: 1000 }),
    ]
    expect(again.hash).toBe(once.hash)
    expect(again.counts).toEqual(once.counts)
    expect(other.hash).not.toBe(once.hash)
  })
})
