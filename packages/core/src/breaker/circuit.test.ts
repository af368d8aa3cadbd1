import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Random } from '../runtime/random.ts'
import { Circuit } from './circuit.ts'
import type { CircuitOptions, Ticket } from './circuit.ts'
import type { CircuitState } from './circuit-state.ts'
import type { Ending } from './__fixtures__/naive-circuit.ts'
import { NaiveCircuit } from './__fixtures__/naive-circuit.ts'

const options: CircuitOptions = {
  windowMs: 60_000,
  windowSlices: 10,
  consecutiveFailures: 5,
  failureRate: 0.5,
  minimumCalls: 10,
  slowCallRate: 0.8,
  slowFirstContentMs: 10_000,
  openMs: 5000,
  maxOpenMs: 300_000,
  rampUpMs: 0,
  halfOpenPermits: 3,
  permitLeaseMs: 60_000,
  recoveredAfterMs: 60_000,
}

const half: Random = () => 0.5

function admitted(circuit: Circuit, now: number): Ticket {
  const ticket = circuit.admit(now)
  if (ticket === undefined) throw new Error(`not admitted at ${now}`)
  return ticket
}

/** Breaks a circuit that lets calls through at `now`; when it is ready again. */
function breakAt(circuit: Circuit, now: number, retryAfterMs?: number): number {
  do circuit.failure(admitted(circuit, now), 1, now, retryAfterMs)
  while (circuit.state.type !== 'open')
  return circuit.readyAt(now)
}

const anyOptions = fc.record({
  windowMs: fc.constantFrom(10_000, 60_000),
  windowSlices: fc.constantFrom(1, 10),
  consecutiveFailures: fc.constantFrom(2, 5),
  failureRate: fc.constantFrom(0.3, 0.5, 1),
  minimumCalls: fc.constantFrom(3, 10),
  slowCallRate: fc.constantFrom(0, 0.5, 0.8, 1),
  slowFirstContentMs: fc.constant(10_000),
  openMs: fc.constantFrom(1000, 5000),
  maxOpenMs: fc.constantFrom(20_000, 300_000),
  rampUpMs: fc.constantFrom(0, 1000, 10_000, 60_000),
  halfOpenPermits: fc.integer({ min: 1, max: 3 }),
  permitLeaseMs: fc.constantFrom(5000, 60_000),
  recoveredAfterMs: fc.constantFrom(0, 30_000),
})

const calls = ['admit', 'force', 'failure', 'success', 'quick', 'slow', 'cancel'] as const
const orders = ['isolate', 'reset', 'reset', 'reset', 'open-until', 'closed-elsewhere', 'reconfigure'] as const

const action = fc.record({
  stepMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 3000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 90_000 }) },
  ),
  type: fc.oneof(
    { weight: 12, arbitrary: fc.constant('admit' as const) },
    { weight: 12, arbitrary: fc.constantFrom(...calls) },
    { weight: 1, arbitrary: fc.constantFrom(...orders) },
  ),
  which: fc.nat(),
  weight: fc.constantFrom(0.5, 1),
  ms: fc.constantFrom(0, 0, 0, 20_000, 400_000),
  drawn: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  options: anyOptions,
})

const script = fc.array(action, { maxLength: 200, size: 'max' })

/** A circuit and the plain model of it, through the same events. */
class Pair {
  drawn = 0
  readonly told: (readonly [CircuitState, CircuitState])[] = []
  readonly circuit: Circuit
  readonly model: NaiveCircuit
  readonly held: Ticket[] = []
  /** What was seen in the last step, and what was to be seen. */
  is: unknown[] = []
  ought: unknown[] = []

  constructor(given: CircuitOptions) {
    this.circuit = new Circuit(
      given,
      () => this.drawn,
      (from, to) => this.told.push([from, to]),
    )
    this.model = new NaiveCircuit(given)
  }

  do({ type, which, weight, ms, options: given }: Action, now: number): void {
    const { circuit, model, held } = this
    switch (type) {
      case 'admit':
        return this.admit(now)
      case 'force':
        held.push(circuit.force())
        return
      case 'isolate':
        circuit.isolate(now)
        return model.isolate()
      case 'reset':
        circuit.reset(now)
        return model.reset()
      case 'open-until':
        circuit.openUntil(now + ms, now)
        return model.openUntil(now + ms, now)
      case 'closed-elsewhere':
        circuit.closedElsewhere(now)
        return model.closedElsewhere()
      case 'reconfigure':
        circuit.reconfigure(given)
        return model.reconfigure(given)
      default:
        if (held.length > 0) this.settle(held.splice(which % held.length, 1)[0] as Ticket, type, weight, ms, now)
    }
  }

  admit(now: number): void {
    const readyAt = this.circuit.readyAt(now)
    const before = this.circuit.state
    this.see(this.circuit.readyAt(now), readyAt)
    this.see(this.circuit.state === before, true)
    const lets = this.model.lets(now)
    const ticket = this.circuit.admit(now)
    // What `readyAt` promises is what `admit` does.
    this.see(ticket !== undefined, readyAt <= now)
    this.see(ticket !== undefined, lets ?? ticket !== undefined)
    this.model.asked(ticket, now)
    if (ticket) this.held.push(ticket)
  }

  settle(ticket: Ticket, ending: Ending, weight: number, retryAfterMs: number, now: number): void {
    const { circuit, model } = this
    if (ending === 'failure') circuit.failure(ticket, weight, now, retryAfterMs)
    else if (ending === 'cancel') circuit.cancel(ticket, now)
    else circuit.success(ticket, now, ending === 'success' ? undefined : ending === 'slow')
    const { openMs, maxOpenMs } = model.options
    model.settled(ticket, ending, weight, now, (openings) => {
      const ceiling = Math.min(openMs * 2 ** (openings - 1), maxOpenMs)
      return Math.max(ceiling / 2 + (this.drawn * ceiling) / 2, ending === 'failure' ? retryAfterMs : 0)
    })
  }

  /** One step, and all that can be seen of both after it. */
  step(one: Action, now: number): void {
    const { circuit, model, told } = this
    this.is = []
    this.ought = []
    this.drawn = one.drawn
    const before = circuit.state
    const changes = told.length
    this.do(one, now)
    const { state } = circuit
    this.see([state.type, state.generation, state.openings], [model.type, model.generation, model.openings])
    if (state.type === 'open') this.see(Math.abs(state.until - model.until) < 1e-6, true)
    this.see(circuit.isQuiet(now), model.isQuiet(now))
    this.see(circuit.isRampingUp(now), model.rampsUp(now))
    // Each change of type is told once, from the state before to the state after.
    this.see(told.slice(changes), state.type === before.type ? [] : [[before, state]])
  }

  see(is: unknown, ought: unknown): void {
    this.is.push(is)
    this.ought.push(ought)
  }
}

type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never

describe('Circuit', () => {
  it('does what its plain model does, through any calls, endings, orders and waits', () => {
    const seen: Record<string, number> = {}
    fc.assert(
      fc.property(anyOptions, script, (given, actions) => {
        const pair = new Pair(given)
        let now = 0
        for (const one of actions) {
          now += one.stepMs
          const before = pair.circuit.state
          pair.step(one, now)
          expect(pair.is).toEqual(pair.ought)
          const after = pair.circuit.state
          const what = `${before.type}>${after.type}${after.type === 'open' ? ` ${after.cause}` : ''}`
          seen[what] = (seen[what] ?? 0) + 1
          if (pair.circuit.isRampingUp(now)) seen['ramp'] = (seen['ramp'] ?? 0) + 1
        }
      }),
      { numRuns: 500 },
    )
    // All of it was there to be compared.
    for (const what of ['ramp', 'closed>open failures', 'closed>open slow', 'closed>open elsewhere']) {
      expect(seen[what], what).toBeGreaterThan(0)
    }
    for (const what of ['half-open>closed', 'half-open>open failures', 'open>isolated', 'isolated>closed']) {
      expect(seen[what], what).toBeGreaterThan(0)
    }
  })

  it('opens at five failures in a row, and not when a success stands between', () => {
    const circuit = new Circuit(options, half)
    for (let round = 0; round < 2; round++) {
      for (let call = 0; call < 4; call++) circuit.failure(admitted(circuit, 0), 1, 0)
      if (round === 0) for (let call = 0; call < 9; call++) circuit.success(admitted(circuit, 0), 0)
    }
    expect(circuit.state.type).toBe('closed')
    circuit.failure(admitted(circuit, 0), 1, 0)
    expect(circuit.state.type).toBe('open')
  })

  it('opens at half of at least ten calls, and forgets those that left the window', () => {
    const circuit = new Circuit(options, half)
    const alternate = (pairs: number, now: number): void => {
      for (let pair = 0; pair < pairs; pair++) {
        circuit.success(admitted(circuit, now), now)
        circuit.failure(admitted(circuit, now), 1, now)
      }
    }
    alternate(4, 0)
    expect(circuit.state.type).toBe('closed')
    alternate(4, 60_000)
    expect(circuit.state.type).toBe('closed')
    alternate(1, 60_000)
    expect(circuit.state.type).toBe('open')
  })

  it('needs twice as many failures that count half', () => {
    const circuit = new Circuit({ ...options, minimumCalls: 1000 }, half)
    let failures = 0
    for (; circuit.state.type === 'closed'; failures++) circuit.failure(admitted(circuit, 0), 0.5, 0)
    expect(failures).toBe(10)
  })

  it('opens for twice as long each time, up to the longest, drawn from the upper half', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (drawn) => {
        const circuit = new Circuit(options, () => drawn)
        let now = 1000
        for (const ceilingMs of [5, 10, 20, 40, 80, 160, 300, 300].map((seconds) => seconds * 1000)) {
          const readyAt = breakAt(circuit, now)
          expect(readyAt - now).toBeCloseTo(ceilingMs / 2 + (drawn * ceilingMs) / 2, 3)
          now = readyAt
        }
      }),
    )
  })

  it('is ready at once, again and again, where it is to open for no time', () => {
    const circuit = new Circuit({ ...options, openMs: 0, maxOpenMs: 0 }, half)
    for (let opening = 0; opening < 1100; opening++) expect(breakAt(circuit, 7)).toBe(0)
  })

  it('opens for the first time again once it was closed long enough', () => {
    for (const [closedMs, lastsMs] of [
      [59_999, 7500],
      [60_000, 3750],
    ] as const) {
      const circuit = new Circuit(options, half)
      const closedAt = breakAt(circuit, 0)
      circuit.success(admitted(circuit, closedAt), closedAt)
      expect(circuit.state.type).toBe('closed')
      const brokenAt = closedAt + closedMs
      expect(breakAt(circuit, brokenAt) - brokenAt).toBe(lastsMs)
    }
  })

  it('is never open for less than a Retry-After', () => {
    const circuit = new Circuit(options, half)
    expect(breakAt(circuit, 0, 90_000)).toBe(90_000)
    expect(circuit.admit(89_999)).toBeUndefined()
    expect(circuit.admit(90_000)).toBeDefined()
  })

  it('lets three calls through when half-open, more as they are handed back or their leases run out', () => {
    const circuit = new Circuit(options, half)
    const at = breakAt(circuit, 0)
    const [first] = [admitted(circuit, at), admitted(circuit, at + 1), admitted(circuit, at + 2)]
    expect(circuit.admit(at + 3)).toBeUndefined()
    expect(circuit.readyAt(at + 3)).toBe(at + 60_000)
    circuit.cancel(first, at + 3)
    expect(circuit.readyAt(at + 3)).toBe(0)
    admitted(circuit, at + 3)
    expect(circuit.admit(at + 60_000)).toBeUndefined()
    admitted(circuit, at + 60_001)
    expect(circuit.admit(at + 60_001)).toBeUndefined()
    // Handing back twice gives nothing twice.
    circuit.cancel(first, at + 60_001)
    expect(circuit.admit(at + 60_001)).toBeUndefined()
  })

  it('forgets the past when it closes: old failures do not open it again', () => {
    const circuit = new Circuit(options, half)
    const at = breakAt(circuit, 0)
    circuit.success(admitted(circuit, at), at)
    for (let call = 0; call < 4; call++) circuit.failure(admitted(circuit, at), 1, at)
    expect(circuit.state.type).toBe('closed')
  })

  it('does not hear answers to calls of an earlier state', () => {
    const circuit = new Circuit(options, half)
    const old = admitted(circuit, 0)
    const at = breakAt(circuit, 0)
    circuit.success(old, 1)
    expect(circuit.state.type).toBe('open')
    const test = admitted(circuit, at)
    circuit.failure(old, 1, at)
    circuit.success(old, at)
    expect(circuit.state.type).toBe('half-open')
    circuit.success(test, at)
    circuit.failure(test, 1, at)
    expect(circuit.state.type).toBe('closed')
  })

  it('closes from open by a forced success alone, and a forced failure leaves it as it is', () => {
    const circuit = new Circuit(options, half)
    breakAt(circuit, 0)
    const open = circuit.state
    circuit.failure(circuit.force(), 1, 100)
    circuit.cancel(circuit.force(), 100)
    expect(circuit.state).toBe(open)
    circuit.success(circuit.force(), 100)
    expect(circuit.state.type).toBe('closed')
  })

  it('forgets a row of failures after a window without one', () => {
    for (const [gapMs, type] of [
      [59_999, 'open'],
      [60_000, 'closed'],
    ] as const) {
      const circuit = new Circuit(options, half)
      for (let call = 0; call < 4; call++) circuit.failure(admitted(circuit, 0), 1, 0)
      circuit.failure(admitted(circuit, gapMs), 1, gapMs)
      expect(circuit.state.type).toBe(type)
    }
  })

  describe('and slow calls', () => {
    const after = (slow: number, quick: number, given: Partial<CircuitOptions> = {}): CircuitState => {
      const circuit = new Circuit({ ...options, ...given }, half)
      for (let call = 0; call < quick; call++) circuit.success(admitted(circuit, 0), 0, false)
      for (let call = 0; call < slow && circuit.state.type === 'closed'; call++) {
        circuit.success(admitted(circuit, 0), 0, true)
      }
      return circuit.state
    }

    it('opens when four in five of at least ten measured successes were slow', () => {
      expect(after(8, 2)).toMatchObject({ type: 'open', cause: 'slow', until: 3750 })
      expect(after(7, 2).type).toBe('closed')
      expect(after(9, 0).type).toBe('closed')
      expect(after(10, 0).type).toBe('open')
      expect(after(11, 3).type).toBe('closed')
      expect(after(12, 3).type).toBe('open')
    })

    it('never opens for them where the rate is 0', () => {
      expect(after(1000, 0, { slowCallRate: 0 }).type).toBe('closed')
    })

    it('leaves out successes that were not measured', () => {
      const circuit = new Circuit(options, half)
      for (let call = 0; call < 1000; call++) circuit.success(admitted(circuit, 0), 0)
      for (let call = 0; call < 10; call++) circuit.success(admitted(circuit, 0), 0, true)
      expect(circuit.state.type).toBe('open')
    })

    it('ends a row of failures with a slow success, and counts it in the share that failed', () => {
      const circuit = new Circuit({ ...options, minimumCalls: 30 }, half)
      for (let round = 0; round < 5; round++) {
        for (let call = 0; call < 4; call++) circuit.failure(admitted(circuit, 0), 1, 0)
        circuit.success(admitted(circuit, 0), 0, true)
      }
      expect(circuit.state.type).toBe('closed')
    })

    it('closes nothing with one: it hands its permit back, and the first quick one closes', () => {
      const circuit = new Circuit({ ...options, halfOpenPermits: 1 }, half)
      const at = breakAt(circuit, 0)
      circuit.success(circuit.force(), 1, true)
      expect(circuit.state.type).toBe('open')
      circuit.success(admitted(circuit, at), at, true)
      expect(circuit.state).toMatchObject({ type: 'half-open', permits: [] })
      circuit.success(admitted(circuit, at), at, false)
      expect(circuit.state.type).toBe('closed')
    })
  })

  describe('ramping up', () => {
    /** Closed again at the time that comes with it. */
    const recovered = (given: Partial<CircuitOptions> = {}): [Circuit, number] => {
      const circuit = new Circuit({ ...options, rampUpMs: 10_000, ...given }, half)
      const at = breakAt(circuit, 0)
      circuit.success(admitted(circuit, at), at)
      return [circuit, at]
    }

    it('lets through a tenth of the calls at first, all in the end, and a good half on the way', () => {
      const [circuit, at] = recovered()
      const passed = Array.from({ length: 10 }, () => 0)
      for (let ms = 0; ms < 10_000; ms += 10) {
        if (circuit.admit(at + ms)) passed[Math.floor(ms / 1000)]!++
      }
      // 100 calls a second, of which the mean share of that second passes.
      passed.forEach((count, second) => expect(Math.abs(count - (14.5 + 9 * second))).toBeLessThanOrEqual(1.5))
      for (let call = 0; call < 100; call++) expect(circuit.admit(at + 10_000)).toBeDefined()
    })

    it('says when a call could pass that is the only one, and that it can be forced meanwhile', () => {
      const [circuit, at] = recovered()
      expect(circuit.isRampingUp(at)).toBe(true)
      expect(circuit.readyAt(at)).toBe(at + 10_000)
      expect(circuit.admit(at)).toBeUndefined()
      circuit.success(circuit.force(), at)
      circuit.failure(circuit.force(), 1, at)
      expect(circuit.state.type).toBe('closed')
      expect(circuit.isRampingUp(at + 10_000)).toBe(false)
      expect(circuit.readyAt(at + 10_000)).toBe(0)
    })

    it('does not ramp up at the very start, nor after a reset, nor where it is to last no time', () => {
      expect(new Circuit({ ...options, rampUpMs: 10_000 }, half).admit(0)).toBeDefined()
      const [atOnce, closedAt] = recovered({ rampUpMs: 0 })
      expect(atOnce.isRampingUp(closedAt)).toBe(false)
      expect(atOnce.admit(closedAt)).toBeDefined()
      const [circuit, at] = recovered()
      circuit.reset(at)
      expect(circuit.admit(at)).toBeDefined()
    })

    it('opens for twice as long when the calls that are let through fail', () => {
      const [circuit, at] = recovered()
      let asked = 0
      while (circuit.state.type === 'closed') {
        const ticket = circuit.admit(at)
        asked++
        if (ticket) circuit.failure(ticket, 1, at)
      }
      expect(asked).toBe(50)
      expect(circuit.readyAt(at)).toBe(at + 7500)
    })
  })

  describe('isolated', () => {
    const isolated = (): Circuit => {
      const circuit = new Circuit(options, half)
      circuit.isolate(0)
      return circuit
    }

    it('lets nobody through, however long, until it is reset', () => {
      const circuit = isolated()
      for (const now of [0, 1e6, 1e12]) {
        expect(circuit.admit(now)).toBeUndefined()
        expect(circuit.readyAt(now)).toBe(Infinity)
      }
      circuit.reset(1e12)
      expect(circuit.state).toMatchObject({ type: 'closed', openings: 0 })
      expect(circuit.admit(1e12)).toBeDefined()
    })

    it('hears nobody: no answer, forced or late, and no other process', () => {
      const circuit = new Circuit(options, half)
      const late = admitted(circuit, 0)
      circuit.isolate(0)
      const { state } = circuit
      for (const ticket of [late, circuit.force()]) {
        circuit.success(ticket, 1)
        circuit.success(ticket, 1, true)
        for (let call = 0; call < 10; call++) circuit.failure(ticket, 1, 1, 5000)
        circuit.cancel(ticket, 1)
      }
      circuit.openUntil(1000, 1)
      circuit.closedElsewhere(1)
      circuit.isolate(1)
      expect(circuit.state).toBe(state)
    })
  })

  it('forgets all when it is reset: counts, openings, and the calls under way', () => {
    const circuit = new Circuit(options, half)
    breakAt(circuit, 0)
    circuit.reset(1)
    const old = admitted(circuit, 1)
    for (let call = 0; call < 4; call++) circuit.failure(admitted(circuit, 1), 1, 1)
    circuit.reset(2)
    for (let call = 0; call < 10; call++) circuit.failure(old, 1, 2)
    for (let call = 0; call < 4; call++) circuit.failure(admitted(circuit, 2), 1, 2)
    expect(circuit.state.type).toBe('closed')
    expect(breakAt(circuit, 2)).toBe(3752)
  })

  it('opens on word from elsewhere, for no less than by itself, and counts it among its openings', () => {
    const circuit = new Circuit(options, half)
    circuit.openUntil(2000, 0)
    expect(circuit.state).toMatchObject({ type: 'open', cause: 'elsewhere', openings: 1 })
    circuit.openUntil(1000, 0)
    expect(circuit.readyAt(0)).toBe(2000)
    circuit.openUntil(3000, 0)
    expect(circuit.readyAt(0)).toBe(3000)
    circuit.failure(admitted(circuit, 3000), 1, 3000)
    expect(circuit.state).toMatchObject({ cause: 'failures', openings: 2, until: 10_500 })
  })

  it('tests the target at once when another process saw it recover, and closes by its own success only', () => {
    const circuit = new Circuit(options, half)
    breakAt(circuit, 0)
    circuit.closedElsewhere(1)
    expect(circuit.state.type).toBe('half-open')
    circuit.success(admitted(circuit, 1), 1)
    expect(circuit.state.type).toBe('closed')
    const closed = circuit.state
    circuit.closedElsewhere(2)
    expect(circuit.state).toBe(closed)
  })

  it('keeps state and counts when its options change, and counts anew when its window does', () => {
    for (const [windowMs, type] of [
      [60_000, 'open'],
      [30_000, 'closed'],
    ] as const) {
      const circuit = new Circuit({ ...options, consecutiveFailures: 1000, minimumCalls: 100 }, half)
      for (let call = 0; call < 9; call++) circuit.failure(admitted(circuit, 0), 1, 0)
      const { state } = circuit
      circuit.reconfigure({ ...options, consecutiveFailures: 1000, windowMs })
      expect(circuit.state).toBe(state)
      circuit.failure(admitted(circuit, 0), 1, 0)
      expect(circuit.state.type).toBe(type)
    }
  })

  describe('whose successes are left out while it is quiet', () => {
    const step = fc.record({
      stepMs: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 70_000 })),
      fails: fc.boolean(),
      weight: fc.constantFrom(0.5, 1),
    })
    const drop = { slowCallRate: 0, rampUpMs: 0 }

    /** Runs the same calls through a circuit that is told all and one that is not, up to where either opens. */
    const race = (
      given: CircuitOptions,
      steps: readonly { readonly stepMs: number; readonly fails: boolean; readonly weight: number }[],
    ): { readonly all: Circuit; readonly lean: Circuit; readonly model: NaiveCircuit; readonly now: number } => {
      const [all, lean] = [new Circuit(given, half), new Circuit(given, half)]
      // Of the lean one: it knows exactly the calls since the first failure of each time of trouble.
      const model = new NaiveCircuit(given)
      let now = 0
      for (const { stepMs, fails, weight } of steps) {
        now += stepMs
        const [ticket, leanTicket] = [admitted(all, now), admitted(lean, now)]
        if (fails) {
          all.failure(ticket, weight, now)
          lean.failure(leanTicket, weight, now)
          model.settled(leanTicket, 'failure', weight, now, () => 1)
        } else {
          all.success(ticket, now)
          if (!lean.isQuiet(now)) {
            lean.success(leanTicket, now)
            model.settled(leanTicket, 'success', 1, now, () => 1)
          }
        }
        if (all.state.type !== 'closed' || lean.state.type !== 'closed') break
      }
      return { all, lean, model, now }
    }

    it('opens by the calls since the trouble began: no later than one told all, once they are enough to judge', () => {
      let opened = 0
      fc.assert(
        fc.property(anyOptions, fc.array(step, { maxLength: 150, size: 'max' }), (given, steps) => {
          const { all, lean, model, now } = race({ ...given, ...drop }, steps)
          if (all.state.type === 'open' && lean.state.type !== 'open') {
            expect(model.calls(now)).toBeLessThan(given.minimumCalls)
          }
          expect(lean.state.type).toBe(model.type)
          if (lean.state.type === 'open') opened++
        }),
        { numRuns: 1000 },
      )
      expect(opened).toBeGreaterThan(0)
    })

    it('opens at the very same call where rows of failures alone decide', () => {
      fc.assert(
        fc.property(anyOptions, fc.array(step, { maxLength: 150, size: 'max' }), (given, steps) => {
          const { all, lean } = race({ ...given, ...drop, minimumCalls: 1e9 }, steps)
          expect(lean.state).toEqual(all.state)
        }),
        { numRuns: 500 },
      )
    })

    it('is quiet until the first failure, and again when the last one has left the window', () => {
      const circuit = new Circuit(options, half)
      expect(circuit.isQuiet(0)).toBe(true)
      circuit.failure(admitted(circuit, 5), 1, 5)
      expect(circuit.isQuiet(5)).toBe(false)
      expect(circuit.isQuiet(60_004)).toBe(false)
      expect(circuit.isQuiet(60_005)).toBe(true)
      breakAt(circuit, 60_005)
      expect(circuit.isQuiet(1e9)).toBe(false)
    })
  })
})
