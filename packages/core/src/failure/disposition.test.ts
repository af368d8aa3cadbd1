import { describe, expect, it } from 'vitest'
import { failureKinds } from '../errors/failure-kind.ts'
import { defaultDispositions } from './disposition.ts'
import { kindOfStatus } from './kind-of-status.ts'

describe('defaultDispositions', () => {
  it('has a row for every kind of failure and no other', () => {
    expect(Object.keys(defaultDispositions).sort()).toEqual([...failureKinds].sort())
  })

  it('counts against health only what a provider can help', () => {
    const weights = Object.entries(defaultDispositions).filter(([, { healthWeight }]) => healthWeight > 0)
    expect(Object.fromEntries(weights.map(([kind, { healthWeight }]) => [kind, healthWeight]))).toEqual({
      server: 1,
      overloaded: 1,
      network: 1,
      timeout: 1,
      malformed: 1,
      truncated: 1,
      empty: 1,
      unknown: 0.5,
    })
  })

  it('never calls again here what is left alone for a while', () => {
    const pausing = Object.entries(defaultDispositions).filter(([, { pause }]) => pause !== 'none')
    expect(pausing.length).toBeGreaterThan(0)
    for (const [kind, { retryHere }] of pausing) expect(retryHere, kind).toBe('no')
  })

  it("ends a request only for the caller's own faults", () => {
    const final = Object.entries(defaultDispositions).filter(([, { nextTarget }]) => nextTarget === 'no')
    expect(final.map(([kind]) => kind).sort()).toEqual(['aborted', 'content-filter', 'invalid-request'])
  })
})

describe('kindOfStatus', () => {
  it('gives every status a kind, failures of the service never the blame of the caller and the other way round', () => {
    for (let status = 400; status <= 599; status++) {
      const kind = kindOfStatus(status)
      expect(failureKinds, String(status)).toContain(kind)
      expect(kind, String(status)).not.toBe('unknown')
      if (status >= 500) expect(defaultDispositions[kind].healthWeight, String(status)).toBe(1)
      if (kind === 'invalid-request') expect(status).toBeLessThan(500)
    }
  })

  it('knows nothing of what is no failure', () => {
    for (const status of [0, -1, 100, 200, 302, 399, 600, Number.NaN]) {
      expect([kindOfStatus(status), status]).toEqual([status === 600 ? 'invalid-request' : 'unknown', status])
    }
  })
})
