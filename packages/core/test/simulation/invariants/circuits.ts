import { defaultCircuit } from '../../../src/router/defaults.ts'
import { modelOf } from '../configuration.ts'
import type { CreateInvariant } from '../invariant.ts'
import { roundingMs } from '../invariant.ts'

interface Testing {
  readonly request: number
  readonly number: number
  readonly expiresAt: number
}

/** What events alone tell of the circuit of a target, or of a provider's endpoint. */
interface SeenCircuit {
  readonly name: string
  type: 'closed' | 'open' | 'half-open' | 'isolated'
  until: number
  openings: number
  closedAt: number
  /** Calls let through since it closed, while it ramps up, and the shares of them that were to be. */
  passed: number
  shares: number
  /** Calls that were waited for: whoever comes back and is turned away once more earns a share, and tells nobody. */
  waits: number
  /** The generation in which each running attempt began. */
  readonly begun: Map<string, number>
  /** Calls that hold one of the permits. */
  testing: Testing[]
  /** Just opened, for longer than by itself: the failure behind it must have asked for that. */
  askedForMs: number | undefined
  /** How often it has changed. */
  generation: number
  /** Just changed, from this generation, by an answer: that must be one to a call of this generation. */
  changedFrom: number | undefined
  /** Just closed while it was open: a forced call must have succeeded. */
  closedWhileOpen: boolean
}

/**
 * An open circuit lets nothing through but what is forced; a half-open one no more than its permits; it is open for its
 * time, doubled with each opening in a row, and changes only as the diagram allows. One that has just closed lets a
 * growing share of calls through; only then, or when it is not closed, is anybody kept away or forced. One that was shut
 * by hand lets nobody through. What another router tells through a store opens and tests a circuit at any time.
 */
export const circuits: CreateInvariant = ({ scenario }, violate) => {
  const { halfOpenPermits, permitLeaseMs, openMs, maxOpenMs, recoveredAfterMs, rampUpMs } = {
    ...defaultCircuit,
    ...scenario.circuit,
  }
  const isShared = scenario.kind === 'shared'
  const seen = new Map<string, SeenCircuit>()
  /** The targets that requests wait for. */
  const waiting = new Map<number, string>()
  /** Reset by hand at this moment. */
  let resetName: string | undefined
  const of = (target: string): SeenCircuit => {
    const known = seen.get(target)
    if (known) return known
    const circuit: SeenCircuit = {
      name: target,
      begun: new Map(),
      type: 'closed',
      until: 0,
      openings: 0,
      closedAt: Number.NEGATIVE_INFINITY,
      passed: 0,
      shares: 0,
      waits: 0,
      testing: [],
      askedForMs: undefined,
      generation: 0,
      changedFrom: undefined,
      closedWhileOpen: false,
    }
    seen.set(target, circuit)
    return circuit
  }
  const cellsOf = (target: string): readonly SeenCircuit[] => [of(target), of(target.slice(0, target.indexOf('/')))]
  const isRampingUp = ({ type, closedAt }: SeenCircuit, at: number): boolean =>
    type === 'closed' && at - closedAt < rampUpMs
  const isFree = (circuit: SeenCircuit, at: number): boolean => circuit.type === 'closed' && !isRampingUp(circuit, at)
  const shareAt = ({ closedAt }: SeenCircuit, at: number): number => 0.1 + (0.9 * (at - closedAt)) / rampUpMs
  const letThrough = (circuit: SeenCircuit, request: number, number: number, at: number): void => {
    const { name } = circuit
    if (isRampingUp(circuit, at)) {
      circuit.passed++
      circuit.shares += shareAt(circuit, at)
      if (circuit.passed > circuit.shares + circuit.waits + roundingMs)
        violate(`${circuit.passed} calls went to ${name} as it ramped up, of ${circuit.shares} at most`)
    } else if (circuit.type === 'isolated') violate(`request ${request} went to ${name}, which was shut by hand`)
    else if (circuit.type === 'open') violate(`request ${request} went through the open circuit of ${name}`)
    else if (circuit.type === 'half-open') {
      const live = circuit.testing.filter(({ expiresAt }) => expiresAt > at)
      circuit.testing = [...live, { request, number, expiresAt: at + permitLeaseMs }]
      const { length } = circuit.testing
      if (length > halfOpenPermits) violate(`${length} calls test ${name}, of ${halfOpenPermits} at most`)
    }
  }
  const settle = (
    circuit: SeenCircuit,
    request: number,
    number: number,
    forcedSuccess: boolean,
    retryAfterMs: number,
  ): void => {
    const { name, begun, askedForMs, changedFrom } = circuit
    circuit.testing = circuit.testing.filter((one) => one.request !== request || one.number !== number)
    if (isShared) return
    if (circuit.closedWhileOpen && !forcedSuccess) {
      violate(`the open circuit of ${name} closed without a forced success`)
    }
    if (askedForMs !== undefined && Math.abs(askedForMs - retryAfterMs) > roundingMs) {
      violate(`the circuit of ${name} opened for ${askedForMs} ms; ${retryAfterMs} were asked for`)
    }
    const generation = begun.get(`${request}.${number}`)
    begun.delete(`${request}.${number}`)
    if (changedFrom !== undefined && changedFrom !== generation) {
      violate(`the circuit of ${name} heard request ${request}, a call of an earlier state`)
    }
    circuit.changedFrom = undefined
    circuit.closedWhileOpen = false
    circuit.askedForMs = undefined
  }

  /** Somebody is kept away since others test: then all permits are taken. */
  const checkTests = (circuit: SeenCircuit | undefined, at: number): void => {
    const live = circuit?.testing.filter(({ expiresAt }) => expiresAt > at).length ?? 0
    // Whoever waits for its share of a limit has a permit already.
    if (live < halfOpenPermits && !isShared) violate(`${live} calls test ${circuit?.name}, and others are kept away`)
  }

  return {
    forget: (target) => seen.delete(target),
    change(change) {
      if (change.type !== 'reset') return
      const circuit = of(change.name)
      resetName = circuit.type === 'closed' ? undefined : change.name
      circuit.generation++
      circuit.type = 'closed'
      circuit.openings = 0
      circuit.closedAt = Number.NEGATIVE_INFINITY
      circuit.testing = []
    },
    see(event, at, run) {
      switch (event.type) {
        case 'circuit-isolated': {
          const circuit = of(event.target)
          circuit.generation++
          circuit.type = 'isolated'
          circuit.openings = 0
          break
        }
        case 'circuit-opened': {
          const circuit = of(event.target)
          if (circuit.type === 'open') violate(`the circuit of ${event.target} opened twice`)
          const recovered = circuit.type === 'closed' && at - circuit.closedAt >= recoveredAfterMs
          circuit.openings = recovered ? 1 : circuit.openings + 1
          const ceilingMs = Math.min(openMs * 2 ** (circuit.openings - 1), maxOpenMs)
          if (!isShared && event.openMs < ceilingMs / 2 - roundingMs) {
            violate(`the circuit of ${event.target} opened for ${event.openMs} ms, less than half of ${ceilingMs}`)
          }
          circuit.askedForMs = event.openMs > ceilingMs + roundingMs ? event.openMs : undefined
          circuit.changedFrom = circuit.generation++
          circuit.type = 'open'
          circuit.until = at + event.openMs
          break
        }
        case 'circuit-half-opened': {
          const circuit = of(event.target)
          if (circuit.type !== 'open') violate(`the circuit of ${event.target} went from ${circuit.type} to half-open`)
          if (!isShared && at < circuit.until - roundingMs)
            violate(`the circuit of ${event.target} was half-open too soon`)
          circuit.generation++
          circuit.type = 'half-open'
          circuit.testing = []
          break
        }
        case 'circuit-closed': {
          const circuit = of(event.target)
          if (resetName === event.target) {
            resetName = undefined
            break
          }
          if (circuit.type === 'closed') violate(`the circuit of ${event.target} closed twice`)
          circuit.closedWhileOpen = circuit.type === 'open'
          circuit.changedFrom = circuit.generation++
          circuit.type = 'closed'
          circuit.closedAt = at
          circuit.passed = 0
          circuit.shares = 0
          circuit.waits = [...waiting.values()].filter((target) => cellsOf(target).includes(circuit)).length
          break
        }
        case 'target-excluded': {
          const { target, reason } = event.exclusion
          if (reason !== 'circuit-open') break
          const cells = cellsOf(target)
          if (cells.every((cell) => isFree(cell, at))) {
            violate(`request ${event.request} was kept from ${target}, whose circuits are closed`)
          }
          const { detail } = event.exclusion
          if (detail.includes('being tested')) checkTests(detail.startsWith('its provider') ? cells[1] : cells[0], at)
          // One that stands in its stage twice is asked twice, and told of once.
          const stage = run?.options.stages.find(({ name = 'stage-1' }) => name === event.exclusion.stage)
          const times = stage?.targets.filter((one) => target.endsWith(modelOf(one))).length ?? 1
          for (const circuit of cells) if (isRampingUp(circuit, at)) circuit.shares += times * shareAt(circuit, at)
          break
        }
        case 'retry-scheduled':
          waiting.set(event.request, event.target)
          for (const circuit of cellsOf(event.target)) circuit.waits++
          break
        case 'request-succeeded':
        case 'request-failed':
        case 'request-aborted':
          waiting.delete(event.request)
          break
        case 'attempt-started': {
          const { request, number, target, reason } = event
          waiting.delete(request)
          const cells = cellsOf(target)
          if (reason === 'forced' && cells.every((cell) => isFree(cell, at))) {
            violate(`request ${request} was forced on ${target}, whose circuits are closed`)
          }
          for (const circuit of cells) {
            if (circuit.type === 'isolated' && reason === 'forced')
              violate(`${circuit.name} was forced, though shut by hand`)
            circuit.begun.set(`${request}.${number}`, circuit.generation)
            if (reason !== 'forced') letThrough(circuit, request, number, at)
          }
          break
        }
        case 'attempt-succeeded':
        case 'attempt-failed':
        case 'attempt-aborted':
        case 'attempt-outraced': {
          const { target, number, retryAfterMs = 0, reason } = event.attempt
          const forcedSuccess = event.type === 'attempt-succeeded' && reason === 'forced'
          for (const circuit of cellsOf(target)) settle(circuit, event.request, number, forcedSuccess, retryAfterMs)
          break
        }
        default:
          break
      }
    },
  }
}
