import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { initialCircuitState, nextCircuitState, openingsOnTrip } from './circuit-state.ts'
import type { CircuitEvent, CircuitRules, CircuitState } from './circuit-state.ts'

const rules = fc.record({
  halfOpenPermits: fc.integer({ min: 1, max: 4 }),
  permitLeaseMs: fc.integer({ min: 1, max: 5000 }),
  recoveredAfterMs: fc.integer({ min: 1, max: 5000 }),
})

/** An event; `generationsAgo` makes it one that is late, or of this state. */
const step = fc.record({
  stepMs: fc.integer({ min: 0, max: 4000 }),
  generationsAgo: fc.constantFrom(0, 0, 0, 1, 2, -1),
  event: fc.oneof(
    fc.record({
      type: fc.constant('trip' as const),
      openMs: fc.integer({ min: 1, max: 5000 }),
      cause: fc.constantFrom('failures' as const, 'slow' as const),
    }),
    fc.record({ type: fc.constantFrom('admit' as const, 'admit' as const, 'closed-elsewhere' as const) }),
    fc.record({ type: fc.constant('opened-elsewhere' as const), inMs: fc.integer({ min: -1000, max: 8000 }) }),
    fc.record({ type: fc.constantFrom('isolate' as const, 'reset' as const) }),
    fc.record({
      type: fc.constant('settle' as const),
      permit: fc.integer({ min: -1, max: 6 }),
      outcome: fc.constantFrom('success' as const, 'cancel' as const),
    }),
  ),
})

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const legal = new Set([
  'closed>open',
  'open>half-open',
  'open>closed',
  'half-open>closed',
  'half-open>open',
  'closed>isolated',
  'open>isolated',
  'half-open>isolated',
  'isolated>closed',
])

/** Runs a script and shows each step to `check`. */
function walk(
  circuitRules: CircuitRules,
  script: readonly Step[],
  check: (before: CircuitState, event: CircuitEvent, after: CircuitState, now: number) => void,
): void {
  let state = initialCircuitState
  let now = 0
  for (const { stepMs, generationsAgo, event } of script) {
    now += stepMs
    const generation = state.generation - generationsAgo
    const full: CircuitEvent =
      event.type === 'trip' || event.type === 'settle'
        ? { ...event, generation }
        : event.type === 'opened-elsewhere'
          ? { type: event.type, until: now + event.inMs }
          : event
    const after = nextCircuitState(state, full, circuitRules, now)
    check(state, full, after, now)
    state = after
  }
}

function property(
  check: (before: CircuitState, event: CircuitEvent, after: CircuitState, now: number, given: CircuitRules) => void,
): void {
  fc.assert(
    fc.property(rules, fc.array(step, { maxLength: 100 }), (given, script) => {
      walk(given, script, (before, event, after, now) => check(before, event, after, now, given))
    }),
    { numRuns: 500 },
  )
}

describe('nextCircuitState', () => {
  it('changes type only as the diagram allows, each by its own event', () => {
    property((before, event, after) => {
      if (before.type === after.type) return
      const change = `${before.type}>${after.type}`
      expect(legal).toContain(change)
      if (after.type === 'open') {
        const cause = event.type === 'trip' ? event.cause : 'elsewhere'
        expect(['trip', 'opened-elsewhere']).toContain(event.type)
        expect(after.cause).toBe(cause)
      }
      if (after.type === 'half-open') expect(['admit', 'closed-elsewhere']).toContain(event.type)
      if (after.type === 'isolated') expect(event.type).toBe('isolate')
      // Only a call that was let through can close it: a permitted one when half-open, a forced one when open.
      if (after.type === 'closed' && event.type !== 'reset') {
        expect(event).toMatchObject({ type: 'settle', outcome: 'success' })
      }
    })
  })

  it('counts one generation for each change of type and each reset, and none otherwise', () => {
    property((before, event, after) => {
      const changes = before.type !== after.type || event.type === 'reset'
      expect(after.generation - before.generation).toBe(changes ? 1 : 0)
    })
  })

  it('is as new after a reset, whatever it was', () => {
    property((before, event, after) => {
      if (event.type !== 'reset') return
      expect(after).toEqual({ ...initialCircuitState, generation: before.generation + 1 })
    })
  })

  it('hears nothing but a reset while it is isolated', () => {
    property((before, event, after) => {
      if (before.type !== 'isolated' || event.type === 'reset') return
      expect(after).toBe(before)
    })
  })

  it('is open, on word from elsewhere, until then or until its own later time', () => {
    property((before, event, after, now) => {
      if (event.type !== 'opened-elsewhere' || before.type === 'isolated') return
      if (before.type === 'open') expect(after).toEqual({ ...before, until: Math.max(before.until, event.until) })
      else if (event.until <= now) expect(after).toBe(before)
      else expect(after).toMatchObject({ type: 'open', until: event.until })
    })
  })

  it('is half-open, on word from elsewhere, with all its permits, where it was open', () => {
    property((before, event, after) => {
      if (event.type !== 'closed-elsewhere') return
      if (before.type === 'open') expect(after).toMatchObject({ type: 'half-open', permits: [] })
      else expect(after).toBe(before)
    })
  })

  it('gives back the same object for an answer of another generation', () => {
    property((before, event, after) => {
      const late = 'generation' in event && event.generation !== before.generation
      expect(late && after !== before).toBe(false)
    })
  })

  it('stays open for its time, whatever calls come, unless a forced one succeeds', () => {
    property((before, event, after, now) => {
      if (before.type !== 'open' || now >= before.until) return
      if (event.type !== 'admit' && event.type !== 'trip' && event.type !== 'settle') return
      if (event.type === 'settle' && event.outcome === 'success') return
      expect(after).toBe(before)
    })
  })

  it('never has more live permits than it may, and none twice', () => {
    property((_, __, after, now, { halfOpenPermits }) => {
      if (after.type !== 'half-open') return
      expect(after.permits.filter(({ expiresAt }) => expiresAt > now).length).toBeLessThanOrEqual(halfOpenPermits)
      expect(after.permits.length).toBeLessThanOrEqual(halfOpenPermits)
      expect(new Set(after.permits.map(({ id }) => id)).size).toBe(after.permits.length)
      for (const { id } of after.permits) expect(id).toBeLessThan(after.nextPermit)
    })
  })

  it('gives a permit whenever fewer than allowed are live: they come back by answers, cancels and leases', () => {
    property((before, event, after, now, { halfOpenPermits, permitLeaseMs }) => {
      if (before.type !== 'half-open' || event.type !== 'admit') return
      const live = before.permits.filter(({ expiresAt }) => expiresAt > now)
      if (live.length >= halfOpenPermits) expect(after).toBe(before)
      else {
        expect(after).toMatchObject({ type: 'half-open', nextPermit: before.nextPermit + 1 })
        const permits = after.type === 'half-open' ? after.permits : []
        expect(permits).toEqual([...live, { id: before.nextPermit, expiresAt: now + permitLeaseMs }])
      }
    })
  })

  it('hands back exactly the permit that is cancelled', () => {
    property((before, event, after) => {
      if (before.type !== 'half-open' || event.type !== 'settle' || event.outcome !== 'cancel') return
      if (event.generation !== before.generation || !before.permits.some(({ id }) => id === event.permit)) {
        expect(after).toBe(before)
      } else {
        expect(after).toEqual({ ...before, permits: before.permits.filter(({ id }) => id !== event.permit) })
      }
    })
  })

  it('counts its openings in a row, from 1 again after it was closed long enough', () => {
    property((before, event, after, now, given) => {
      if (after.type === 'open' && before.type !== 'open') {
        const recovered = before.type === 'closed' && now - before.closedAt >= given.recoveredAfterMs
        expect(after.openings).toBe(recovered ? 1 : before.openings + 1)
        expect(after.openings).toBe(openingsOnTrip(before, given, now))
        if (event.type === 'trip') expect(after.until).toBe(now + event.openMs)
      } else expect(after.openings).toBe(event.type === 'reset' || after.type === 'isolated' ? 0 : before.openings)
    })
  })
})
