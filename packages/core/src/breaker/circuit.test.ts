import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admitted, breakAt, half, options } from './__fixtures__/circuits.ts'
import { Circuit } from './circuit.ts'
import type { CircuitOptions } from './circuit.ts'
import type { CircuitState } from './circuit-state.ts'

describe('Circuit', () => {
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

    it('calls slow what takes longer than its options say, also after they change', () => {
      const circuit = new Circuit(options, half)
      expect([10_000, 10_001].map((ms) => circuit.isSlow(ms))).toEqual([false, true])
      circuit.reconfigure({ ...options, slowFirstContentMs: 500 })
      expect([500, 501].map((ms) => circuit.isSlow(ms))).toEqual([false, true])
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
})
