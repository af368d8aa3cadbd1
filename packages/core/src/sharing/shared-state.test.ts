import { describe, expect, it } from 'vitest'
import { Circuit } from '../breaker/circuit.ts'
import type { Clock } from '../provider/call-options.ts'
import type { JsonValue } from '../provider/json.ts'
import { createSeededRandom } from '../runtime/random.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { defaultCircuit } from '../router/defaults.ts'
import type { Store } from '../store/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import type { FakeClock } from '../testing/fake-clock.ts'
import { SharedState } from './shared-state.ts'

const target = 'fake/model'

/** A store that can be cut off from one of its users, who then waits for nothing. */
function cuttable(store: Store): { store: Store; cut: boolean } {
  const line = { cut: false, store }
  const through = <Args extends readonly unknown[], T>(operation: (...args: Args) => Promise<T>) => {
    return (...args: Args): Promise<T> => (line.cut ? new Promise(() => undefined) : operation(...args))
  }
  line.store = {
    get: through((key: string) => store.get(key)),
    set: through((key: string, value: JsonValue, ttlMs: number) => store.set(key, value, ttlMs)),
    add: through((key: string, amount: number, limit: number, ttlMs: number) => store.add(key, amount, limit, ttlMs)),
    watch: (prefix, listener) => store.watch(prefix, (key, value) => !line.cut && listener(key, value)),
  }
  return line
}

interface Process {
  readonly state: SharedState
  readonly heard: string[]
  readonly line: { cut: boolean }
}

class World {
  readonly clock: FakeClock = createFakeClock()
  readonly store: Store = createMemoryStore({ clock: this.clock })
  readonly #random = createSeededRandom(1)

  /** @param skewMs how far its wall clock is ahead */
  process(skewMs = 0, onHeard?: (state: SharedState) => void): Process {
    const { clock } = this
    const offset: Clock = { ...clock, wallTime: () => clock.wallTime() + skewMs }
    const heard: string[] = []
    const line = cuttable(this.store)
    const hear = (what: string): void => {
      heard.push(`${what} at ${clock.now()}`)
      onHeard?.(state)
    }
    const state: SharedState = new SharedState({
      store: line.store,
      clock: offset,
      random: this.#random,
      keys: () => [target, 'fake'],
      listener: {
        onCircuit: (name, until) => hear(until === 0 ? `${name} closed` : `${name} open until ${until}`),
        onPause: (key, until, reason) => hear(`${key} ${reason} until ${until}`),
        onStore: (available) => hear(available ? 'back' : 'gone'),
      },
    })
    return { state, heard, line }
  }
}

describe('SharedState', () => {
  it('tells the others when a circuit opens and when it closes, and not the one who said so', async () => {
    const world = new World()
    const [one, other, third] = [world.process(), world.process(), world.process()]
    await world.clock.advance(1000)
    one.state.publishCircuit(target, { type: 'open', until: 6000 })
    await world.clock.advance(5000)
    one.state.publishCircuit(target, { type: 'half-open' })
    one.state.publishCircuit(target, { type: 'closed' })
    await world.clock.advance(0)
    expect(one.heard).toEqual([])
    const told = [`${target} open until 6000 at 1000`, `${target} closed at 6000`]
    expect([other.heard, third.heard]).toEqual([told, told])
  })

  it('does not repeat to the others what follows from their words', async () => {
    const world = new World()
    const echo = (state: SharedState): void => {
      state.publishCircuit(target, { type: 'open', until: 99_000 })
      state.publishPause(target, 99_000, 'unknown')
    }
    const one = world.process()
    const other = world.process(0, echo)
    one.state.publishCircuit(target, { type: 'open', until: 5000 })
    one.state.publishPause('fake', 5000, 'quota')
    await world.clock.advance(0)
    expect(other.heard).toHaveLength(2)
    expect(one.heard).toEqual([])
  })

  it('says once that a circuit works again, of all who find it', async () => {
    const world = new World()
    const all = [world.process(), world.process(), world.process()]
    const [one, other, third] = all as [Process, Process, Process]
    one.state.publishCircuit(target, { type: 'closed' })
    await world.clock.advance(0)
    expect(other.heard).toEqual([])
    one.state.publishCircuit(target, { type: 'open', until: 5000 })
    await world.clock.advance(5000)
    other.state.publishCircuit(target, { type: 'closed' })
    await world.clock.advance(0)
    third.state.publishCircuit(target, { type: 'closed' })
    one.state.publishCircuit(target, { type: 'closed' })
    await world.clock.advance(0)
    expect(all.map(({ heard }) => heard.filter((line) => line.includes('closed')).length)).toEqual([1, 0, 1])
  })

  it('tells the others of pauses, of targets and of accounts, with their reason', async () => {
    const world = new World()
    const [one, other] = [world.process(), world.process()]
    one.state.publishPause(target, 3000, 'rate-limit')
    one.state.publishPause('fake', 60_000, 'quota')
    one.state.publishPause(target, 0, 'server')
    await world.clock.advance(0)
    const lifted = `${target} server until 0 at 0`
    expect(other.heard).toEqual([`${target} rate-limit until 3000 at 0`, 'fake quota until 60000 at 0', lifted])
    expect(one.heard).toEqual([])
  })

  it.each([-60_000, -1500, 0, 1500])('counts from when it hears, with a wall clock %i ms off', async (skewMs) => {
    const world = new World()
    const [one, other] = [world.process(), world.process(skewMs)]
    await world.clock.advance(1000)
    one.state.publishCircuit(target, { type: 'open', until: 6000 })
    await world.clock.advance(0)
    expect(other.heard).toEqual([`${target} open until 6000 at 1000`])
  })

  it('believes nobody for longer than an hour, and no clock far behind', async () => {
    const world = new World()
    const [one, other, ahead] = [world.process(), world.process(), world.process(86_400_000)]
    one.state.publishPause('fake', 86_400_000, 'quota')
    await world.clock.advance(0)
    expect(other.heard).toEqual(['fake quota until 3600000 at 0'])
    expect(ahead.heard).toEqual([])
    await world.store.set(`llmfb:1:circuit:${target}`, { by: 'stranger', at: 9e15, forMs: 1e300 }, 1000)
    await world.clock.advance(0)
    expect(other.heard.slice(1)).toEqual([`${target} open until 3600000 at 0`])
  })

  it('reads what was said before it was there, with what is left of its time', async () => {
    const world = new World()
    const one = world.process()
    one.state.publishCircuit(target, { type: 'open', until: 10_000 })
    one.state.publishPause('fake', 20_000, 'quota')
    await world.clock.advance(6000)
    const late = world.process()
    await world.clock.run(late.state.read())
    // 2 seconds of the age may be skew.
    expect(late.heard).toEqual([`${target} open until 12000 at 6000`, 'fake quota until 22000 at 6000'])
    await world.clock.advance(4000)
    const later = world.process()
    await world.clock.run(later.state.read([target]))
    expect(later.heard).toEqual([])
    await world.clock.run(one.state.read())
    expect(one.heard).toEqual([])
  })

  it('does not find a circuit open that has closed before it was there', async () => {
    const world = new World()
    const one = world.process()
    one.state.publishCircuit(target, { type: 'open', until: 10_000 })
    one.state.publishCircuit(target, { type: 'closed' })
    const late = world.process()
    await world.clock.run(late.state.read())
    expect(late.heard).toEqual([])
  })

  it('passes over what it cannot read, and a listener that throws', async () => {
    const world = new World()
    const other = world.process(0, () => {
      throw new Error('a listener throws')
    })
    for (const value of [null, 'open', { forMs: 7 }, [1]]) {
      await world.store.set(`llmfb:1:circuit:${target}`, value, 1000)
    }
    await world.clock.advance(0)
    expect(other.heard).toEqual([])
    const one = world.process()
    one.state.publishCircuit(target, { type: 'open', until: 5000 })
    await world.clock.advance(0)
    await world.clock.run(other.state.read())
    expect(other.heard).toHaveLength(2)
    // It is no longer taken for an echo.
    other.state.publishCircuit(target, { type: 'open', until: 9000 })
    await world.clock.advance(0)
    expect(one.heard).toEqual([`${target} open until 9000 at 0`])
  })

  it('goes on alone while the store is gone, and catches up when it is back', async () => {
    const world = new World()
    const [one, other] = [world.process(), world.process()]
    one.line.cut = true
    one.state.publishPause(target, 500, 'rate-limit')
    one.state.publishPause('fake', 100_000, 'quota')
    one.state.publishCircuit(target, { type: 'open', until: 30_000 })
    await world.clock.advance(60)
    expect(one.heard).toEqual(['gone at 50'])
    other.state.publishCircuit('fake/another', { type: 'open', until: 90_000 })
    other.state.publishPause(target, 80_000, 'model-not-found')
    await world.clock.advance(500)
    one.line.cut = false
    await world.clock.advance(2000)
    // What is over by now is said no more.
    expect(other.heard).toEqual(['fake quota until 100000 at 1050', `${target} open until 30000 at 1050`])
    expect(one.heard).toEqual([
      'gone at 50',
      'back at 1050',
      // Of an age of 990 ms, which may be skew; what is not among its keys it did not miss.
      `${target} model-not-found until 80990 at 1050`,
    ])
    expect(world.clock.pending).toBe(0)
  })

  it('opens and closes the circuits of another router', async () => {
    const { clock, store } = new World()
    const random = createSeededRandom(2)
    const routers = [1, 2].map(() => {
      const circuit: Circuit = new Circuit(defaultCircuit, random, (_, to) => state.publishCircuit(target, to))
      const onCircuit = (_: string, until: number): void =>
        until > 0 ? circuit.openUntil(until, clock.now()) : circuit.closedElsewhere(clock.now())
      const listener = { onCircuit, onPause: () => undefined }
      const state: SharedState = new SharedState({ store, clock, random, keys: () => [target], listener })
      return circuit
    })
    const [one, other] = routers as [Circuit, Circuit]
    for (let call = 0; call < 5; call++) one.failure(one.admit(0)!, 1, 0)
    await clock.advance(0)
    expect([one.state.type, other.state.type]).toEqual(['open', 'open'])
    expect(other.readyAt(0)).toBe(one.readyAt(0))
    other.success(other.force(), 0)
    await clock.advance(0)
    expect(one.state.type).toBe('half-open')
    expect(other.state.type).toBe('closed')
    one.success(one.admit(0)!, 0)
    await clock.advance(0)
    expect([one.state.type, other.state.type]).toEqual(['closed', 'closed'])
    one.isolate(0)
    await clock.advance(0)
    expect(other.state.type).toBe('closed')
  })

  it('says after an outage that a circuit has closed meanwhile', async () => {
    const world = new World()
    const [one, other] = [world.process(), world.process()]
    one.state.publishCircuit(target, { type: 'open', until: 30_000 })
    await world.clock.advance(0)
    one.line.cut = true
    one.state.publishCircuit(target, { type: 'closed' })
    await world.clock.run(one.state.read())
    one.line.cut = false
    await world.clock.advance(2000)
    expect(other.heard).toEqual([`${target} open until 30000 at 0`, `${target} closed at 1050`])
  })

  it('does not say again what the store has taken', async () => {
    const world = new World()
    const [one, other] = [world.process(), world.process()]
    one.state.publishCircuit(target, { type: 'open', until: 30_000 })
    await world.clock.advance(0)
    one.line.cut = true
    await world.clock.run(one.state.read())
    await world.clock.run(one.state.read())
    one.line.cut = false
    await world.clock.advance(2000)
    expect(one.heard).toEqual(['gone at 100', 'back at 1100'])
    expect(other.heard).toHaveLength(1)
  })

  it('keeps names, times and kinds in the store, under keys of its version', async () => {
    const world = new World()
    const kept: [string, JsonValue][] = []
    world.store.watch('', (key, value) => kept.push([key, value]))
    const one = world.process()
    one.state.publishCircuit(target, { type: 'open', until: 5000 })
    one.state.publishPause('fake', 5000, 'quota')
    await world.clock.advance(0)
    const said = { by: expect.any(String) as string, at: world.clock.wallTime(), forMs: 5000 }
    expect(kept).toEqual([
      [`llmfb:1:circuit:${target}`, { ...said, reason: 'unknown' }],
      ['llmfb:1:pause:fake', { ...said, reason: 'quota' }],
    ])
    await world.clock.advance(5000)
    for (const [key] of kept) expect(await world.store.get(key)).toBeUndefined()
  })

  it('shares nothing of a target whose name is too long for a key, and is none the worse for it', async () => {
    const world = new World()
    const [one, other] = [world.process(), world.process()]
    for (let call = 0; call < 5; call++) {
      one.state.publishPause(`fake/${'x'.repeat(600)}`, 5000, 'quota')
    }
    one.state.publishPause('fake', 5000, 'quota')
    await world.clock.advance(0)
    expect(one.heard).toEqual([])
    expect(other.heard).toEqual(['fake quota until 5000 at 0'])
  })

  it('hears nothing more once it is disposed of, and leaves no timer', async () => {
    const world = new World()
    const [one, other] = [world.process(), world.process()]
    other.line.cut = true
    const reading = other.state.read()
    other.state.dispose()
    await reading
    other.line.cut = false
    one.state.publishCircuit(target, { type: 'open', until: 5000 })
    other.state.publishCircuit(target, { type: 'open', until: 5000 })
    await world.clock.advance(5000)
    expect([one.heard, other.heard]).toEqual([[], []])
    expect(world.clock.pending).toBe(0)
  })
})
