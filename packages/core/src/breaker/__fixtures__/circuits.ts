import * as fc from 'fast-check'
import type { Random } from '../../runtime/random.ts'
import type { Circuit, CircuitOptions, Ticket } from '../circuit.ts'

export const options: CircuitOptions = {
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

export const half: Random = () => 0.5

export function admitted(circuit: Circuit, now: number): Ticket {
  const ticket = circuit.admit(now)
  if (ticket === undefined) throw new Error(`not admitted at ${now}`)
  return ticket
}

/** Breaks a circuit that lets calls through at `now`; when it is ready again. */
export function breakAt(circuit: Circuit, now: number, retryAfterMs?: number): number {
  do circuit.failure(admitted(circuit, now), 1, now, retryAfterMs)
  while (circuit.state.type !== 'open')
  return circuit.readyAt(now)
}

export const anyOptions: fc.Arbitrary<CircuitOptions> = fc.record({
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

