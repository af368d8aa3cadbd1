import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Random } from '../runtime/random.ts'
import { Circuit } from './circuit.ts'
import type { CircuitOptions, Ticket } from './circuit.ts'
import type { CircuitState } from './circuit-state.ts'

const options: CircuitOptions = {
  windowMs: 60_000,
  windowSlices: 10,
  consecutiveFailures: 5,
  failureRate: 0.5,
  minimumCalls: 10,
  openMs: 5000,
  maxOpenMs: 300_000,
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

/** What a call holds until it is settled, as the model remembers it. */
interface Held {
  readonly ticket: Ticket
  readonly forced: boolean
  readonly expiresAt: number
}

const action = fc.record({
  stepMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 90_000 })),
  type: fc.constantFrom('admit', 'admit', 'admit', 'force', 'success', 'failure', 'failure', 'cancel'),
  which: fc.nat(),
  weight: fc.constantFrom(0.5, 1),
  retryAfterMs: fc.constantFrom(0, 0, 0, 20_000, 400_000),
  drawn: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

describe('Circuit', () => {
  it('keeps to its rules through any sequence of calls, answers, leaves and waits', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 150 }), (script) => {
        let drawn = 0
        let now = 0
        const changes: [CircuitState, CircuitState][] = []
        const circuit = new Circuit(
          options,
          () => drawn,
          (from, to) => changes.push([from, to]),
        )
        const held: Held[] = []
        for (const { stepMs, type, which, weight, retryAfterMs, drawn: next } of script) {
          now += stepMs
          drawn = next
          const before = circuit.state
          const seen = changes.length
          const readyAt = circuit.readyAt(now)
          expect(circuit.readyAt(now)).toBe(readyAt)
          expect(circuit.state).toBe(before)
          if (type === 'admit') {
            const ticket = circuit.admit(now)
            // What `readyAt` promises is what `admit` does.
            expect(ticket !== undefined).toBe(readyAt <= now)
            if (ticket) held.push({ ticket, forced: false, expiresAt: now + options.permitLeaseMs })
            const { generation, type: now_ } = circuit.state
            const tests = held.filter(
              (one) => !one.forced && one.ticket.generation === generation && one.expiresAt > now,
            )
            if (now_ === 'half-open') expect(tests.length).toBeLessThanOrEqual(options.halfOpenPermits)
            if (before.type === 'open' && now < before.until) expect(ticket).toBeUndefined()
          } else if (type === 'force') {
            held.push({ ticket: circuit.force(), forced: true, expiresAt: Number.POSITIVE_INFINITY })
            expect(circuit.state).toBe(before)
          } else if (held.length > 0) {
            const [{ ticket, forced }] = held.splice(which % held.length, 1) as [Held]
            if (type === 'success') circuit.success(ticket, now)
            else if (type === 'failure') circuit.failure(ticket, weight, now, retryAfterMs)
            else circuit.cancel(ticket, now)
            const after = circuit.state
            if (ticket.generation !== before.generation) expect(after).toBe(before)
            if (type === 'cancel') expect(after.type).toBe(before.type)
            if (before.type === 'open' && after.type === 'closed') expect([type, forced]).toEqual(['success', true])
            if (before.type === 'half-open' && type === 'failure' && ticket.generation === before.generation) {
              expect(after.type).toBe('open')
            }
            if (before.type !== 'open' && after.type === 'open') {
              const openMs = after.until - now
              const ceiling = Math.min(options.openMs * 2 ** (after.openings - 1), options.maxOpenMs)
              expect(openMs).toBeGreaterThanOrEqual(Math.max(ceiling / 2, retryAfterMs) - 1e-6)
              expect(openMs).toBeLessThanOrEqual(Math.max(ceiling, retryAfterMs) + 1e-6)
            }
          }
          // Each change of type is told once, from the state before to the state after.
          const told = circuit.state.type === before.type ? [] : [[before, circuit.state]]
          expect(changes.slice(seen)).toEqual(told)
          expect(circuit.state.generation).toBe(changes.length)
        }
      }),
      { numRuns: 500 },
    )
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
})
