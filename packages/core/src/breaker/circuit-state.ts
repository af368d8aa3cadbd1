/** A place among the few calls that test a half-open circuit. It comes back by itself when its lease runs out. */
export interface Permit {
  readonly id: number
  readonly expiresAt: number
}

/**
 * Where a circuit stands. `generation` grows with every change of `type`, so that an answer to a call of an earlier
 * state can be told from one of this state. `openings` counts how often it opened without a lasting recovery between.
 */
export type CircuitState =
  | { readonly type: 'closed'; readonly generation: number; readonly openings: number; readonly closedAt: number }
  | { readonly type: 'open'; readonly generation: number; readonly openings: number; readonly until: number }
  | {
      readonly type: 'half-open'
      readonly generation: number
      readonly openings: number
      readonly permits: readonly Permit[]
      readonly nextPermit: number
    }

export type CircuitEvent =
  /** The measurements say that the target is broken; stay away for `openMs`. */
  | { readonly type: 'trip'; readonly generation: number; readonly openMs: number }
  /** A call asks to be let through. */
  | { readonly type: 'admit' }
  /** A permitted call, or one forced through an open circuit, ended. */
  | {
      readonly type: 'settle'
      readonly generation: number
      readonly permit: number
      readonly outcome: 'success' | 'cancel'
    }

/** What a circuit needs to know of its configuration to change state. */
export interface CircuitRules {
  readonly halfOpenPermits: number
  readonly permitLeaseMs: number
  /** A circuit closed for this long has recovered: its next opening is a first one again. */
  readonly recoveredAfterMs: number
}

export const initialCircuitState: CircuitState = {
  type: 'closed',
  generation: 0,
  openings: 0,
  closedAt: -Infinity,
}

/** How often a circuit in `state` will have opened in a row when it opens now; 1 is the first time. */
export function openingsOnTrip(state: CircuitState, rules: CircuitRules, now: number): number {
  const recovered = state.type === 'closed' && now - state.closedAt >= rules.recoveredAfterMs
  return recovered ? 1 : state.openings + 1
}

/**
 * The state that follows. It is the only way a circuit changes; an event that does not concern the state, such as an
 * answer to a call of an earlier generation, gives back the very same object.
 */
export function nextCircuitState(
  state: CircuitState,
  event: CircuitEvent,
  rules: CircuitRules,
  now: number,
): CircuitState {
  switch (event.type) {
    case 'trip':
      return trip(state, event, rules, now)
    case 'admit':
      return admit(state, rules, now)
    case 'settle':
      return settle(state, event, now)
  }
}

function trip(
  state: CircuitState,
  event: Extract<CircuitEvent, { type: 'trip' }>,
  rules: CircuitRules,
  now: number,
): CircuitState {
  if (event.generation !== state.generation || state.type === 'open') return state
  const openings = openingsOnTrip(state, rules, now)
  return { type: 'open', generation: state.generation + 1, openings, until: now + event.openMs }
}

function admit(state: CircuitState, rules: CircuitRules, now: number): CircuitState {
  if (state.type === 'closed') return state
  if (state.type === 'open') {
    if (now < state.until) return state
    const { generation, openings } = state
    const first: Permit = { id: 0, expiresAt: now + rules.permitLeaseMs }
    return { type: 'half-open', generation: generation + 1, openings, permits: [first], nextPermit: 1 }
  }
  const live = state.permits.filter((permit) => permit.expiresAt > now)
  if (live.length >= rules.halfOpenPermits) return state
  const permit: Permit = { id: state.nextPermit, expiresAt: now + rules.permitLeaseMs }
  return { ...state, permits: [...live, permit], nextPermit: state.nextPermit + 1 }
}

function settle(state: CircuitState, event: Extract<CircuitEvent, { type: 'settle' }>, now: number): CircuitState {
  if (state.type === 'closed' || event.generation !== state.generation) return state
  if (event.outcome === 'success') {
    return { type: 'closed', generation: state.generation + 1, openings: state.openings, closedAt: now }
  }
  if (state.type === 'open') return state
  const permits = state.permits.filter((permit) => permit.id !== event.permit)
  return permits.length === state.permits.length ? state : { ...state, permits }
}
