import { describe, expect, it } from 'vitest'
import { failureKinds } from '../../src/errors/failure-kind.ts'
import { simulate } from './simulate.ts'

const { SIMULATION_SEED, SIMULATION_REQUESTS } = process.env
const requests = Number(SIMULATION_REQUESTS ?? 10_000)
const seeds = SIMULATION_SEED === undefined ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : SIMULATION_SEED.split(',').map(Number)

function describeFailure(seed: number, violations: readonly string[]): string {
  const replay = `SIMULATION_SEED=${seed} SIMULATION_REQUESTS=${requests} pnpm unit --project packages/core simulation`
  return [`Seed ${seed} broke ${violations.length} rules; replay with: ${replay}`, ...violations.slice(0, 20)].join(
    '\n',
  )
}

describe('a router in a simulated world', () => {
  const total: Record<string, number> = {}

  it.each(seeds)(
    `keeps all its promises over ${requests} requests, seed %i`,
    async (seed) => {
      const { violations, counts } = await simulate({ seed, requests })
      for (const [what, times] of Object.entries(counts)) total[what] = (total[what] ?? 0) + times
      if (violations.length > 0) expect.fail(describeFailure(seed, violations))
      expect(counts['request-started']).toBeGreaterThan(0)
    },
    120_000,
  )

  it.skipIf(SIMULATION_SEED !== undefined || SIMULATION_REQUESTS !== undefined)('sees all there is to see', () => {
    const outcomes = ['success', 'route-failed', 'interrupted', 'aborted', 'left'].map((type) => `outcome: ${type}`)
    const reasons = ['first', 'retry', 'next-target', 'next-stage', 'waited', 'forced'].map(
      (reason) => `attempt: ${reason}`,
    )
    const exclusions = ['paused', 'account-paused', 'circuit-open', 'retry-budget', 'window-not-larger'].map(
      (reason) => `exclusion: ${reason}`,
    )
    const kinds = failureKinds.filter((kind) => kind !== 'aborted').map((kind) => `failure: ${kind}`)
    const circuits = ['circuit-opened', 'circuit-half-opened', 'circuit-closed']
    const missing = [...outcomes, ...reasons, ...exclusions, ...kinds, ...circuits].filter((what) => !total[what])
    expect(missing).toEqual([])
  })

  it('gives the same ledgers for the same seed, and others for another', async () => {
    const [once, again, other] = [
      await simulate({ seed: 77, requests: 2000 }),
      await simulate({ seed: 77, requests: 2000 }),
      await simulate({ seed: 78, requests: 2000 }),
    ]
    expect(again.hash).toBe(once.hash)
    expect(again.counts).toEqual(once.counts)
    expect(other.hash).not.toBe(once.hash)
  })
})
