/** A place among the few calls that test a half-open circuit. It comes back by itself when its lease runs out. */
export interface Permit {
  readonly id: number
  readonly expiresAt: number
}

/** Why a circuit opened: calls failed, calls were slow, or another process found the target broken. */
export type OpenCause = 'failures' | 'slow' | 'elsewhere'

/**
 * Where a circuit stands. `generation` grows with every change of `type` and every reset, so that an answer to a call of
 * an earlier state can be told from one of this state. `openings` counts how often it opened without a lasting recovery
 * between.
 */
export type CircuitState =
  | { readonly type: 'closed'; readonly generation: number; readonly openings: number; readonly closedAt: number }
  | {
      readonly type: 'open'
      readonly generation: number
      readonly openings: number
      readonly until: number
      readonly cause: OpenCause
    }
  | {
      readonly type: 'half-open'
      readonly generation: number
      readonly openings: number
      readonly permits: readonly Permit[]
      readonly nextPermit: number
    }
  /** Shut by an operator: it lets nobody through and hears nothing but a reset. */
  | { readonly type: 'isolated'; readonly generation: number; readonly openings: 0 }

export type CircuitEvent =
  /** The measurements say that the target is broken; stay away for `openMs`. */
  | {
      readonly type: 'trip'
      readonly generation: number
      readonly openMs: number
      readonly cause: 'failures' | 'slow'
    }
  /** A call asks to be let through. */
  | { readonly type: 'admit' }
  /** A permitted call, or one forced through an open circuit, ended. */
  | {
      readonly type: 'settle'
      readonly generation: number
      readonly permit: number
      readonly outcome: 'success' | 'cancel'
    }
  /** Another process found the target broken. */
  | { readonly type: 'opened-elsewhere'; readonly until: number }
  /** Another process saw the target recover. */
  | { readonly type: 'closed-elsewhere' }
  /** An operator takes the target out. */
  | { readonly type: 'isolate' }
  /** An operator has everything forgotten. */
  | { readonly type: 'reset' }

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
  const generation = state.generation + 1
  if (event.type === 'reset') return { ...initialCircuitState, generation }
  if (state.type === 'isolated') return state
  switch (event.type) {
    case 'trip':
      if (event.generation !== state.generation || state.type === 'open') return state
      return open(state, now + event.openMs, event.cause, rules, now)
    case 'opened-elsewhere':
      // Of two ends the later one counts.
      if (state.type === 'open') return event.until > state.until ? { ...state, until: event.until } : state
      return event.until > now ? open(state, event.until, 'elsewhere', rules, now) : state
    case 'closed-elsewhere':
      // What others saw is worth a test of one's own, not yet the whole of one's traffic.
      return state.type === 'open' ? halfOpen(state) : state
    case 'admit':
      return admit(state, rules, now)
    case 'settle':
      return settle(state, event, now)
    case 'isolate':
      return { type: 'isolated', generation, openings: 0 }
  }
}

function open(state: CircuitState, until: number, cause: OpenCause, rules: CircuitRules, now: number): CircuitState {
  return {
    type: 'open',
    generation: state.generation + 1,
    openings: openingsOnTrip(state, rules, now),
    until,
    cause,
  }
}

function halfOpen({ generation, openings }: CircuitState): Extract<CircuitState, { type: 'half-open' }> {
  return { type: 'half-open', generation: generation + 1, openings, permits: [], nextPermit: 0 }
}

function admit(state: CircuitState, rules: CircuitRules, now: number): CircuitState {
  const testing = state.type === 'open' && now >= state.until ? halfOpen(state) : state
  if (testing.type !== 'half-open') return state
  const live = testing.permits.filter((permit) => permit.expiresAt > now)
  if (live.length >= rules.halfOpenPermits) return state
  const permit: Permit = { id: testing.nextPermit, expiresAt: now + rules.permitLeaseMs }
  return { ...testing, permits: [...live, permit], nextPermit: testing.nextPermit + 1 }
}

function settle(state: CircuitState, event: Extract<CircuitEvent, { type: 'settle' }>, now: number): CircuitState {
  if (state.type === 'closed' || event.generation !== state.generation) return state
  if (event.outcome === 'success') {
    return { type: 'closed', generation: state.generation + 1, openings: state.openings, closedAt: now }
  }
  if (state.type !== 'half-open') return state
  const permits = state.permits.filter((permit) => permit.id !== event.permit)
  return permits.length === state.permits.length ? state : { ...state, permits }
}
