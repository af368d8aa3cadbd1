import { describe, expect, it } from 'vitest'
import { Hedging } from './hedging.ts'

/** 19 of 20 calls take 100 ms, one takes 5 s. */
function observeSome(hedging: Pick<Hedging, 'observed'>, calls: number): void {
  for (let call = 1; call <= calls; call++) hedging.observed(call % 20 === 0 ? 5000 : 100)
}

describe('Hedging', () => {
  it('waits for the 95th percentile of what it saw, and sends nothing while it has seen too little', () => {
    const hedging = new Hedging()
    observeSome(hedging, 19)
    expect(hedging.delayMs()).toBeUndefined()
    observeSome(hedging, 81)
    expect(hedging.delayMs()).toBeGreaterThan(95)
    expect(hedging.delayMs()).toBeLessThan(105)
    for (let call = 0; call < 20; call++) hedging.observed(5000)
    expect(hedging.delayMs()).toBeGreaterThan(4700)
  })

  it("goes by the target's own times as soon as these tell something", () => {
    const hedging = new Hedging()
    const ofTarget = hedging.createQuantile()
    expect(hedging.delayMs(ofTarget)).toBeUndefined()
    for (let call = 1; call <= 20; call++) hedging.observed(100)
    expect(hedging.delayMs(ofTarget)).toBe(hedging.delayMs())
    for (let call = 1; call <= 20; call++) hedging.observed(3000, ofTarget)
    expect(hedging.delayMs(ofTarget)).toBeGreaterThan(2800)
    expect(hedging.delayMs()).toBeGreaterThan(2800)
    const ofOther = hedging.createQuantile()
    for (let call = 1; call <= 60; call++) hedging.observed(call % 20 === 0 ? 9000 : 100, ofOther)
    expect(hedging.delayMs(ofOther)).toBeLessThan(105)
    expect(hedging.delayMs(ofTarget)).toBeGreaterThan(2800)
  })

  it.each([0, 750])('goes by the time it was given, %d ms, whatever it saw', (afterMs) => {
    const hedging = new Hedging({ afterMs })
    expect(hedging.delayMs()).toBe(afterMs)
    observeSome(hedging, 100)
    expect(hedging.delayMs()).toBe(afterMs)
  })

  it.each([
    [undefined, 20],
    [0.25, 4],
    [1, 1],
  ])('with a share of %s gives one hedge for every %d requests', (maxShare, each) => {
    const hedging = new Hedging({ maxShare })
    let taken = 0
    for (let request = 1; request <= 200; request++) {
      hedging.request(request * 1000)
      while (hedging.take(request * 1000)) taken++
      expect(taken).toBe(Math.floor(request / each))
    }
  })

  it('with a share of nothing gives none', () => {
    const hedging = new Hedging({ maxShare: 0 })
    for (let request = 1; request <= 1000; request++) hedging.request(request)
    expect(hedging.take(1000)).toBe(false)
  })

  it('gives a hedge now and then where there are two requests a minute', () => {
    const hedging = new Hedging()
    let taken = 0
    for (let now = 0; now < 3_600_000; now += 29_000) {
      hedging.request(now)
      if (hedging.take(now)) taken++
    }
    expect(taken).toBeGreaterThanOrEqual(3)
    expect(taken).toBeLessThanOrEqual(6)
  })
})
