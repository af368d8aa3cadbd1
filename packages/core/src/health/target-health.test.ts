import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TargetHealth } from './target-health.ts'

const options = { degradedErrors: 2, unhealthyErrors: 5, averageWeight: 0.2 }

describe('TargetHealth', () => {
  it('is degraded after two errors and unhealthy after five, and recovers with successes', () => {
    const health = new TargetHealth(options, { now: () => 0 })
    const statuses = [health.status]
    for (let error = 0; error < 6; error++) {
      health.failure(1)
      statuses.push(health.status)
    }
    expect(statuses).toEqual(['healthy', 'healthy', 'degraded', 'degraded', 'degraded', 'unhealthy', 'unhealthy'])
    const recovery: string[] = []
    for (let call = 0; call < 5; call++) {
      health.success(10, 0)
      recovery.push(health.status)
    }
    expect(recovery).toEqual(['unhealthy', 'degraded', 'degraded', 'degraded', 'healthy'])
  })

  it('forgets errors with time too, lest one that nobody calls stays ill for ever', () => {
    let now = 0
    const health = new TargetHealth(options, { now: () => now })
    for (let error = 0; error < 20; error++) health.failure(1)
    const statuses = Array.from({ length: 10 }, (_, minute) => {
      now = minute * 60_000
      return health.status
    })
    expect(statuses.indexOf('degraded')).toBe(6)
    expect(statuses.indexOf('healthy')).toBe(9)
  })

  it('forgets any number of old errors within ten successes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0.5, 1), { maxLength: 200 }), (weights) => {
        const health = new TargetHealth(options, { now: () => 0 })
        for (const weight of weights) health.failure(weight)
        for (let call = 0; call < 10; call++) health.success(1, 0)
        expect(health.status).toBe('healthy')
        expect(health.report().failures).toBe(weights.length)
      }),
    )
  })

  it('keeps averages within what was measured, the newest weighing most', () => {
    const ms = fc.double({ min: 0, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(ms, { minLength: 1 }), (samples) => {
        const health = new TargetHealth(options, { now: () => 0 })
        for (const sample of samples) health.success(sample, 0)
        const { firstContentMs } = health.report()
        expect(firstContentMs).toBeGreaterThanOrEqual(Math.min(...samples) * (1 - 1e-9))
        expect(firstContentMs).toBeLessThanOrEqual(Math.max(...samples) * (1 + 1e-9))
      }),
    )
    const health = new TargetHealth(options, { now: () => 0 })
    health.success(100, 0)
    health.success(200, 0)
    expect(health.report().firstContentMs).toBeCloseTo(120)
  })

  it('says nothing of what it has not measured', () => {
    const health = new TargetHealth(options, { now: () => 0 })
    expect(health.report()).toEqual({ status: 'healthy', inFlight: 0, successes: 0, failures: 0 })
    health.success(5, 0)
    expect(health.report()).toEqual({ status: 'healthy', inFlight: 0, successes: 1, failures: 0, firstContentMs: 5 })
  })

  it('counts the calls in flight', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (script) => {
        const health = new TargetHealth(options, { now: () => 0 })
        let inFlight = 0
        for (const starts of script) {
          if (starts) {
            health.started()
            inFlight++
          } else if (inFlight > 0) {
            health.ended()
            inFlight--
          }
          expect(health.report().inFlight).toBe(inFlight)
        }
      }),
    )
  })
})
