import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../provider/json.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import type { FakeClock } from '../testing/fake-clock.ts'
import { boundStore } from './bounded-store.ts'
import type { BoundedStore } from './bounded-store.ts'
import { createMemoryStore } from './memory-store.ts'
import type { Store } from './store.ts'

type Mood = 'well' | 'hangs' | 'rejects' | 'throws' | 'late' | 'slow'

/** A store that does as it is told, and counts how often it is asked. */
class MoodyStore implements Store {
  mood: Mood = 'well'
  calls = 0
  readonly inner: Store
  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
    this.inner = createMemoryStore({ clock })
  }

  get: Store['get'] = (key) => this.#do(() => this.inner.get(key))
  set: Store['set'] = (key, value, ttlMs) => this.#do(() => this.inner.set(key, value, ttlMs))
  add: Store['add'] = (key, amount, limit, ttlMs) => this.#do(() => this.inner.add(key, amount, limit, ttlMs))

  watch(prefix: string, listener: (key: string, value: JsonValue) => void): () => void {
    if (this.mood === 'throws') throw new Error('cannot watch')
    const end = this.inner.watch(prefix, listener)
    return () => {
      end()
      if (this.mood === 'throws') throw new Error('cannot end')
    }
  }

  #do<T>(operation: () => Promise<T>): Promise<T> {
    this.calls++
    const after = (delayMs: number): Promise<T> =>
      new Promise((resolve) => this.#clock.schedule(delayMs, () => resolve(operation())))
    switch (this.mood) {
      case 'well':
        return operation()
      case 'hangs':
        return new Promise(() => undefined)
      case 'rejects':
        return Promise.reject(new Error('connection lost'))
      case 'throws':
        throw new Error('not connected')
      case 'late':
        return after(60)
      case 'slow':
        return after(40)
    }
  }
}

function setUp(): { clock: FakeClock; moody: MoodyStore; store: BoundedStore; changes: string[] } {
  const clock = createFakeClock()
  const moody = new MoodyStore(clock)
  const changes: string[] = []
  const onChange = (available: boolean): void => void changes.push(`${available ? 'back' : 'gone'} at ${clock.now()}`)
  return { clock, moody, changes, store: boundStore(moody, { clock, onChange }) }
}

/** How long each operation takes, and what it says. */
async function ask(clock: FakeClock, store: BoundedStore): Promise<unknown[]> {
  const startedAt = clock.now()
  const answers = Promise.all([store.get('key'), store.set('key', 1, 1000), store.add('count', 1, 10, 1000)])
  return [...(await clock.run(answers)), clock.now() - startedAt]
}

describe('boundStore', () => {
  it('passes on what a store answers in time', async () => {
    const { clock, moody, store, changes } = setUp()
    expect(await ask(clock, store)).toEqual([undefined, true, { added: true, value: 1 }, 0])
    expect(clock.pending).toBe(0)
    moody.mood = 'slow'
    expect(await ask(clock, store)).toEqual([1, true, { added: true, value: 2 }, 40])
    expect(changes).toEqual([])
  })

  it.each([
    ['hangs', 50],
    ['late', 50],
    ['rejects', 0],
    ['throws', 0],
  ] as const)(
    'litellm 35273, 34299, 40620: says that there was no answer when a store %s, after %i ms, and then at once',
    async (mood, waitMs) => {
      const { clock, moody, store, changes } = setUp()
      moody.mood = mood
      expect(await ask(clock, store)).toEqual([undefined, false, undefined, waitMs])
      expect(store.available).toBe(false)
      expect(moody.calls).toBe(3)
      for (let call = 0; call < 100; call++) expect(await ask(clock, store)).toEqual([undefined, false, undefined, 0])
      expect(moody.calls).toBe(3)
      expect(changes).toEqual([`gone at ${waitMs}`])
    },
  )

  it('does not hear an answer that comes too late', async () => {
    const { clock, moody, store } = setUp()
    moody.mood = 'late'
    expect(await clock.run(store.add('count', 1, 10, 1000))).toBeUndefined()
    moody.mood = 'rejects'
    await store.get('key')
    // Arrives at 60 ms; were it heard, the failures would no longer be in a row.
    await clock.advance(20)
    expect(await moody.inner.get('count')).toBe(1)
    await store.get('key')
    expect(store.available).toBe(false)
  })

  it('is not put off by failures with answers between', async () => {
    const { moody, store } = setUp()
    for (let call = 0; call < 30; call++) {
      moody.mood = call % 3 === 2 ? 'well' : 'rejects'
      await store.get('key')
    }
    expect(store.available).toBe(true)
    expect(moody.calls).toBe(30)
  })

  it('asks a store that is gone by itself, ever less often, and says once when it is back', async () => {
    const { clock, moody, store, changes } = setUp()
    moody.mood = 'hangs'
    await ask(clock, store)
    const asked: number[] = []
    for (let calls = moody.calls; clock.now() < 150_000; await clock.advance(10)) {
      if (moody.calls > calls) asked.push(Math.round((clock.now() - 50) / 100) / 10)
      calls = moody.calls
    }
    // 1, 2, 4, 8, 16 and then 30 s after the 50 ms that each of them took.
    expect(asked).toEqual([1, 3.1, 7.1, 15.2, 31.2, 61.3, 91.3, 121.4])
    expect(clock.pending).toBe(0)
    moody.mood = 'well'
    await clock.advance(30_000)
    expect(changes).toEqual(['gone at 50', expect.stringMatching(/^back at 1514\d\d$/)])
    expect(await ask(clock, store)).toEqual([undefined, true, { added: true, value: 1 }, 0])
    moody.mood = 'rejects'
    await ask(clock, store)
    moody.mood = 'well'
    const goneAt = clock.now()
    await clock.advance(1000)
    expect(changes.slice(2)).toEqual([`gone at ${goneAt}`, `back at ${goneAt + 1000}`])
  })

  it('holds nothing against a store that it is asked for what no store takes', async () => {
    const { moody, store } = setUp()
    const cycle: unknown[] = []
    cycle.push(cycle)
    for (let call = 0; call < 5; call++) {
      expect(await store.get('')).toBeUndefined()
      expect(await store.set('k'.repeat(513), 1, 1000)).toBe(false)
      expect(await store.set('key', 'x'.repeat(1_048_577), 1000)).toBe(false)
      expect(await store.set('key', cycle as unknown as JsonValue, 1000)).toBe(false)
      expect(await store.add('key', Number.NaN, 10, 1000)).toBeUndefined()
    }
    expect(moody.calls).toBe(0)
    expect(store.available).toBe(true)
  })

  it('watches, and tells nothing more once the watch or all has ended', async () => {
    const { clock, moody, store } = setUp()
    const heard: string[] = []
    const end = store.watch('a', (key) => heard.push(`one ${key}`))
    store.watch('a', (key) => heard.push(`other ${key}`))
    await store.set('a1', 1, 1000)
    await clock.advance(0)
    moody.mood = 'throws'
    expect(end).not.toThrow()
    moody.mood = 'well'
    await store.set('a2', 1, 1000)
    await clock.advance(0)
    store.dispose()
    await moody.set('a3', 1, 1000)
    await clock.advance(0)
    expect(heard).toEqual(['one a1', 'other a1', 'other a2'])
  })

  it('ends a watch at the store, and does not hear one that goes on telling', async () => {
    const clock = createFakeClock()
    const heard: JsonValue[] = []
    let tell: (key: string, value: JsonValue) => void = () => undefined
    let ended = 0
    const careless: Store = {
      ...createMemoryStore({ clock }),
      watch(_, listener) {
        tell = listener
        return () => void ended++
      },
    }
    const end = boundStore(careless, { clock }).watch('a', (_, value) => heard.push(value))
    tell('a', 1)
    end()
    end()
    tell('a', 2)
    expect([heard, ended]).toEqual([[1], 1])
  })

  it('watches once the store is back what could not be watched before', async () => {
    const { clock, moody, store } = setUp()
    moody.mood = 'throws'
    const heard: string[] = []
    for (const prefix of ['a', 'b', 'c']) store.watch(prefix, (key) => heard.push(key))
    expect(store.available).toBe(false)
    moody.mood = 'well'
    await clock.advance(1000)
    for (const key of ['a1', 'b1', 'c1']) await store.set(key, 1, 1000)
    await clock.advance(0)
    expect(heard).toEqual(['a1', 'b1', 'c1'])
  })

  it('is not disturbed by who listens to it', async () => {
    const clock = createFakeClock()
    const moody = new MoodyStore(clock)
    const onChange = (): void => {
      throw new Error('a listener throws')
    }
    const store = boundStore(moody, { clock, onChange })
    moody.mood = 'rejects'
    expect(await ask(clock, store)).toEqual([undefined, false, undefined, 0])
    moody.mood = 'well'
    await clock.advance(1000)
    expect(await ask(clock, store)).toEqual([undefined, true, { added: true, value: 1 }, 0])
  })

  it('answers all who wait when it is disposed of, leaves no timer, and asks nobody after that', async () => {
    const { clock, moody, store, changes } = setUp()
    moody.mood = 'hangs'
    const waiting = [store.get('key'), store.set('key', 1, 1000), store.add('count', 1, 10, 1000)]
    store.dispose()
    expect(await Promise.all(waiting)).toEqual([undefined, false, undefined])
    expect(clock.pending).toBe(0)
    const { calls } = moody
    expect(await ask(clock, store)).toEqual([undefined, false, undefined, 0])
    await clock.advance(100_000)
    expect(moody.calls).toBe(calls)
    expect(changes).toEqual([])
  })

  it('does not ask a store that is gone once it is disposed of', async () => {
    const { clock, moody, store } = setUp()
    moody.mood = 'rejects'
    await ask(clock, store)
    const { calls } = moody
    store.dispose()
    await clock.advance(100_000)
    expect([moody.calls, clock.pending]).toEqual([calls, 0])
  })

  it('can be disposed of by who hears that the store is gone', async () => {
    const clock = createFakeClock()
    const moody = new MoodyStore(clock)
    const store: BoundedStore = boundStore(moody, { clock, onChange: () => store.dispose() })
    moody.mood = 'rejects'
    await ask(clock, store)
    const { calls } = moody
    await clock.advance(100_000)
    expect([moody.calls, clock.pending]).toEqual([calls, 0])
  })

  it('settles every operation within the bound, whatever the store does', async () => {
    const mood = fc.constantFrom<Mood>('well', 'hangs', 'rejects', 'throws', 'late', 'slow')
    const step = fc.record({ mood, afterMs: fc.integer({ min: 0, max: 2000 }), calls: fc.integer({ min: 0, max: 4 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { clock, moody, store, changes } = setUp()
        const taken: number[] = []
        const all: Promise<unknown>[] = []
        for (const { mood: next, afterMs, calls } of steps) {
          await clock.advance(afterMs)
          moody.mood = next
          const startedAt = clock.now()
          for (let call = 0; call < calls; call++) {
            const ways = [() => store.get('key'), () => store.set('key', 1, 1000), () => store.add('key', 1, 10, 1000)]
            all.push(ways[call % 3]!().then(() => taken.push(clock.now() - startedAt)))
          }
        }
        await clock.advance(50)
        await Promise.all(all)
        expect(Math.max(0, ...taken)).toBeLessThanOrEqual(50)
        expect(changes.map((change) => change.slice(0, 4))).toEqual(changes.map((_, at) => (at % 2 ? 'back' : 'gone')))
        moody.mood = 'well'
        await clock.advance(31_000)
        expect(store.available).toBe(true)
        expect(clock.pending).toBe(0)
      }),
    )
  })
})
