import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../provider/call-options.ts'
import { sleep } from '../runtime/sleep.ts'
import { boundStore } from '../store/bounded-store.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import type { FakeClock } from '../testing/fake-clock.ts'
import { SharedLimit } from './shared-limit.ts'

const windowMs = 60_000

interface Taken {
  readonly at: number
  readonly amount: number
}

/** The most that was taken within any span of the window's length. */
function mostInAnyWindow(taken: readonly Taken[]): number {
  const sums = taken.map(({ at: from }) =>
    taken.reduce((sum, { at, amount }) => sum + (at >= from && at < from + windowMs ? amount : 0), 0),
  )
  return Math.max(0, ...sums)
}

/** A store at the end of a line that takes `delayMs()` there and as long back. */
function distant(store: Store, clock: Clock, delayMs: () => number): Store {
  const there = async <T>(operation: () => Promise<T>): Promise<T> => {
    const legMs = delayMs()
    await sleep(clock, legMs)
    const answer = await operation()
    await sleep(clock, legMs)
    return answer
  }
  return { ...store, add: (key, amount, limit, ttlMs) => there(() => store.add(key, amount, limit, ttlMs)) }
}

function limitOf(store: Store, clock: FakeClock, skewMs = 0): SharedLimit {
  const offset: Clock = { ...clock, wallTime: () => clock.wallTime() + skewMs }
  return new SharedLimit(boundStore(store, { clock }), offset, 'llmfb:1:limit:fake/model:rpm:60000', windowMs)
}

describe('SharedLimit', () => {
  it('is never exceeded in any window, by processes whose clocks differ and whose calls take their time', async () => {
    // At once, around a slice later, and around a window later: there the old and the new may meet.
    const afterMs = fc.oneof(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 6000 }),
      fc.integer({ min: windowMs - 6000, max: windowMs + 6000 }),
    )
    const step = fc.record({
      afterMs,
      process: fc.nat({ max: 3 }),
      amount: fc.integer({ min: 20, max: 100 }),
      unused: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 })),
      delayMs: fc.integer({ min: 0, max: 20 }),
    })
    const skews = fc.array(fc.integer({ min: -2000, max: 2000 }), { minLength: 4, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), skews, async (steps, skewsMs) => {
        const clock = createFakeClock()
        const memory = createMemoryStore({ clock })
        let delayMs = 0
        const near: Store = {
          get: (key) => memory.get(key),
          set: (key, value, ttlMs) => memory.set(key, value, ttlMs),
          add: (key, amount, limit, ttlMs) => memory.add(key, amount, limit, ttlMs),
          watch: (prefix, listener) => memory.watch(prefix, listener),
        }
        const processes = skewsMs.map((skewMs) =>
          limitOf(
            distant(near, clock, () => delayMs),
            clock,
            skewMs,
          ),
        )
        const taken: Taken[] = []
        const all: Promise<void>[] = []
        for (const { afterMs, process, amount, unused, delayMs: next } of steps) {
          await clock.advance(afterMs)
          delayMs = next
          const take = async (): Promise<void> => {
            const reservation = await processes[process]!.take(amount, 100)
            if (!reservation) return
            const back = Math.floor((amount * unused) / 100)
            taken.push({ at: clock.now(), amount: amount - back })
            await reservation.settle(-back)
          }
          all.push(take())
        }
        await clock.run(Promise.all(all))
        expect(mostInAnyWindow(taken)).toBeLessThanOrEqual(100)
      }),
      { numRuns: 500 },
    )
  })

  it('can be had, but for two parts of fourteen', async () => {
    const clock = createFakeClock()
    const store = createMemoryStore({ clock })
    const processes = [limitOf(store, clock), limitOf(store, clock)]
    let taken = 0
    for (let call = 0; call < 14 * 5 * 60; call++) {
      if (await processes[call % 2]!.take(1, 120)) taken++
      await clock.advance(windowMs / 12 / 60)
    }
    // Five times fourteen slices, of which each fourteen hold the limit once.
    expect(taken).toBe(5 * 120)
  })

  it('is taken whole at once, and no more until that is over', async () => {
    const clock = createFakeClock()
    const store = createMemoryStore({ clock })
    const [one, other] = [limitOf(store, clock), limitOf(store, clock)]
    expect(await one.take(101, 100)).toBeUndefined()
    expect(await one.take(60, 100)).toBeDefined()
    expect(await other.take(41, 100)).toBeUndefined()
    expect(await other.take(40, 100)).toBeDefined()
    expect(await one.take(0.1, 100)).toBeUndefined()
    await clock.advance(windowMs)
    expect(await one.take(1, 100)).toBeUndefined()
    await clock.advance(2 * (windowMs / 12))
    expect(await one.take(100, 100)).toBeDefined()
  })

  it('gives to others what was given back, and counts what came on top', async () => {
    const clock = createFakeClock()
    const store = createMemoryStore({ clock })
    const [one, other] = [limitOf(store, clock), limitOf(store, clock)]
    const reservation = await one.take(100, 100)
    await reservation?.settle(-30)
    expect(await other.take(31, 100)).toBeUndefined()
    const second = await other.take(30, 100)
    await clock.advance(7000)
    await second?.settle(-20.5)
    await second?.settle(0)
    expect(await one.take(20, 100)).toBeDefined()
    // Of a slice that is sealed as well as of one that is not.
    await clock.advance(7000)
    await reservation?.settle(-50)
    await second?.settle(20.5)
    expect(await other.take(30, 100)).toBeUndefined()
    expect(await other.take(29, 100)).toBeDefined()
  })

  it('counts what came on top although somebody whose clock is ahead has sealed the slice', async () => {
    const clock = createFakeClock()
    const store = createMemoryStore({ clock })
    const [behind, ahead] = [limitOf(store, clock), limitOf(store, clock, 12_000)]
    const reservation = await behind.take(10, 100)
    await ahead.take(10, 100)
    await reservation?.settle(50)
    expect(await ahead.take(31, 100)).toBeUndefined()
    expect(await ahead.take(30, 100)).toBeDefined()
  })

  it('follows a clock that is ahead, and a wall clock that is set back', async () => {
    const clock = createFakeClock()
    const store = createMemoryStore({ clock })
    const [behind, ahead] = [limitOf(store, clock), limitOf(store, clock, 30_000)]
    expect(await ahead.take(60, 100)).toBeDefined()
    expect(await behind.take(41, 100)).toBeUndefined()
    expect(await behind.take(40, 100)).toBeDefined()
    expect(await ahead.take(1, 100)).toBeUndefined()

    let backMs = 0
    const jumping: Clock = { ...clock, wallTime: () => clock.wallTime() - backMs }
    const limit = new SharedLimit(boundStore(store, { clock }), jumping, 'another', windowMs)
    expect(await limit.take(100, 100)).toBeDefined()
    backMs = 3_600_000
    expect(await limit.take(100, 100)).toBeDefined()
    expect(await limit.take(1, 100)).toBeUndefined()
  })

  it('lets everything pass while the store is gone, asks it nothing, and holds again when it is back', async () => {
    const clock = createFakeClock()
    const memory = createMemoryStore({ clock })
    let gone = true
    let calls = 0
    const down = async (): Promise<never> => {
      throw new Error('connection lost')
    }
    const store: Store = {
      get: (key) => (gone ? down() : memory.get(key)),
      set: down,
      add: (key, amount, limit, ttlMs) => (calls++, gone ? down() : memory.add(key, amount, limit, ttlMs)),
      watch: () => () => undefined,
    }
    const limit = new SharedLimit(boundStore(store, { clock }), clock, 'key', windowMs)
    const first = await limit.take(1000, 100)
    expect(first).toBeDefined()
    const asked = calls
    for (let call = 0; call < 10; call++) expect(await limit.take(1000, 100)).toBeDefined()
    await first?.settle(-1000)
    expect(calls).toBe(asked)
    gone = false
    await clock.advance(1000)
    expect(await limit.take(1000, 100)).toBeUndefined()
    expect(await limit.take(100, 100)).toBeDefined()
    expect(await limit.take(1, 100)).toBeUndefined()
    // What passed while it was gone was never taken here, and is not given back.
    await first?.settle(-1000)
    await clock.advance(5000)
    expect(await limit.take(1, 100)).toBeUndefined()
  })

  it('asks the store once a call, and for the slices before once a slice', async () => {
    const clock = createFakeClock()
    const memory = createMemoryStore({ clock })
    let calls = 0
    const store: Store = {
      get: (key) => memory.get(key),
      set: (key, value, ttlMs) => memory.set(key, value, ttlMs),
      add: (key, amount, limit, ttlMs) => (calls++, memory.add(key, amount, limit, ttlMs)),
      watch: (prefix, listener) => memory.watch(prefix, listener),
    }
    const limit = limitOf(store, clock)
    await Promise.all([limit.take(1, 100), limit.take(1, 100), limit.take(1, 100)])
    expect(calls).toBe(13 + 3)
    await limit.take(1000, 1000)
    expect(calls).toBe(13 + 4)
    // It does not fit for what the slices before hold: nobody need be asked.
    await clock.advance(windowMs / 12)
    await limit.take(90, 90)
    expect(calls).toBe(13 + 4 + 13)
  })
})
