import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admitted, anyOptions, breakAt, half, options } from './__fixtures__/circuits.ts'
import { NaiveCircuit } from './__fixtures__/naive-circuit.ts'
import { Circuit } from './circuit.ts'
import type { CircuitOptions } from './circuit.ts'

describe('a circuit whose successes are left out while it is quiet', () => {
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
