import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { testStore } from '../testing/test-store.ts'
import { createMemoryStore } from './memory-store.ts'

describe('createMemoryStore', () => {
  testStore(it, {
    create() {
      const clock = createFakeClock()
      return { store: createMemoryStore({ clock }), advance: (byMs) => clock.advance(byMs) }
    },
  })

  it('runs on the clock of the machine when it is given none', async () => {
    const store = createMemoryStore()
    await store.set('key', 1, 60_000)
    expect(await store.get('key')).toBe(1)
  })

  it('runs no timer', async () => {
    const clock = createFakeClock()
    const store = createMemoryStore({ clock })
    await store.set('key', 1, 1000)
    await store.add('counter', 1, 10, 1000)
    store.watch('', () => undefined)
    expect(clock.pending).toBe(0)
  })

  it('forgets the least recently used first, counters as well as values', async () => {
    const store = createMemoryStore({ clock: createFakeClock(), maxEntries: 3 })
    await store.set('read', 1, 1000)
    await store.add('counted', 1, 10, 1000)
    await store.set('neither', 1, 1000)
    await store.get('read')
    await store.add('counted', 100, 10, 1000)
    await store.set('new', 1, 1000)
    const kept = await Promise.all(['read', 'counted', 'neither', 'new'].map((key) => store.get(key)))
    expect(kept).toEqual([1, 1, undefined, 1])
    await store.add('newer', 1, 10, 1000)
    expect(await store.get('read')).toBeUndefined()
  })

  it('keeps no more than it may, whatever is done to it', async () => {
    const key = fc.integer({ min: 0, max: 30 }).map(String)
    const step = fc.tuple(fc.constantFrom('get', 'set', 'add'), key)
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 1, max: 8 }),
        async (steps, maxEntries) => {
          const store = createMemoryStore({ clock: createFakeClock(), maxEntries })
          // The keys that are kept, the least recently used first.
          const recent: string[] = []
          for (const [type, name] of steps) {
            const at = recent.indexOf(name)
            if (at >= 0) recent.splice(at, 1)
            if (at >= 0 || type !== 'get') recent.push(name)
            if (recent.length > maxEntries) recent.shift()
            if (type === 'get') await store.get(name)
            else if (type === 'set') await store.set(name, 0, 1000)
            else await store.add(name, 1, Infinity, 1000)
          }
          const all = Array.from({ length: 31 }, (_, at) => String(at))
          const kept: string[] = []
          for (const name of all) if ((await store.get(name)) !== undefined) kept.push(name)
          expect(kept.toSorted()).toEqual(recent.toSorted())
        },
      ),
    )
  })
})
