import { describe, expect, it } from 'vitest'
import { choose, createCandidates, createContext, orderOf } from './__fixtures__/candidates.ts'
import { createFailover } from './failover.ts'

describe('failover', () => {
  it('begins with the first, and stays there', () => {
    const all = createCandidates({}, {}, {})
    const failover = createFailover()
    for (let request = 0; request < 3; request++) expect(choose(failover, all).model).toBe('a')
    expect(orderOf(failover, all)).toBe('abc')
  })

  it('moves when the current one is unhealthy, and stays although it recovers', () => {
    const all = createCandidates({}, {}, {})
    const failover = createFailover()
    choose(failover, all)
    all[0]!.facts.status = 'unhealthy'
    expect(orderOf(failover, all)).toBe('bca')
    choose(failover, all)
    all[0]!.facts.status = 'healthy'
    expect(orderOf(failover, all)).toBe('bac')
    all[1]!.facts.status = 'unhealthy'
    expect(choose(failover, all).model).toBe('a')
    all[1]!.facts.status = 'healthy'
    expect(choose(failover, all).model).toBe('a')
  })

  it('moves when the current one was passed over', () => {
    const all = createCandidates({}, {}, {})
    const failover = createFailover()
    choose(failover, all)
    const context = createContext()
    const [, next] = failover.order(all, context)
    failover.chosen?.(next!, context)
    expect(orderOf(failover, all)).toBe('bac')
  })

  it('a degraded one is not a failed one', () => {
    const all = createCandidates({ status: 'degraded' }, {})
    expect(orderOf(createFailover(), all)).toBe('ab')
  })

  it('goes by the order where all are unhealthy', () => {
    expect(orderOf(createFailover(), createCandidates({ status: 'unhealthy' }, { status: 'unhealthy' }))).toBe('ab')
  })

  it('nor does one for which another was passed over that the current one does not stand among', () => {
    const all = createCandidates({}, {}, {})
    const failover = createFailover()
    choose(failover, all)
    const context = createContext()
    const [, last] = failover.order(all.slice(1), context)
    failover.chosen?.(last!, context)
    expect(orderOf(failover, all)).toBe('abc')
  })

  it.each(['before', 'after'])('a request that the current one cannot serve moves nobody, %s any other', (when) => {
    const all = createCandidates({}, {}, {})
    const failover = createFailover()
    if (when === 'after') choose(failover, all)
    expect(choose(failover, all.slice(1)).model).toBe('b')
    expect(choose(failover, all).model).toBe('a')
    expect(choose(failover, all.slice(2)).model).toBe('c')
    expect(choose(failover, all).model).toBe('a')
  })
})
