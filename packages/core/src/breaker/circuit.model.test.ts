import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyOptions } from './__fixtures__/circuits.ts'
import type { Ending } from './__fixtures__/naive-circuit.ts'
import { NaiveCircuit } from './__fixtures__/naive-circuit.ts'
import { Circuit } from './circuit.ts'
import type { CircuitOptions, Ticket } from './circuit.ts'
import type { CircuitState } from './circuit-state.ts'

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
})
