import type { FailureKind } from '../../src/errors/failure-kind.ts'
import type { Price } from '../../src/price/price.ts'
import type { Capabilities } from '../../src/provider/capabilities.ts'
import type { Draw } from './draw.ts'

/** How a service fails a call. */
export interface Fault {
  readonly kind: FailureKind
  readonly status?: number
  readonly retryAfterMs?: number
}

/** What a service does with one call. */
export interface Plan {
  /** Before the answer, its first piece, or its end where there are no pieces. */
  readonly delayMs: number
  /** Pieces of a stream before its end. */
  readonly pieces: number
  readonly pieceDelayMs: number
  /**
   * What comes then: a proper end, an end without its marker, silence for ever, an answer of no shape, an answer
   * without content, an error that no provider should throw, or a failure.
   */
  readonly end: 'finish' | 'cut' | 'stall' | 'malformed' | 'empty' | 'throw' | Fault
  /** Does not heed its signal. */
  readonly stubborn: boolean
  /** Shows signed reasoning before its first piece, which nobody else can go on with. */
  readonly thinks: boolean
  /** Writes the white space again that a begun answer ended in. */
  readonly spaces: boolean
  /** Tells of its usage with its first piece, besides its end. */
  readonly tellsEarly: boolean
  readonly outputTokens: number
}

/** A time in which a target does not serve as it should. */
export interface Outage {
  readonly from: number
  readonly until: number
  readonly type: 'down' | 'flaky' | 'limited' | 'silent' | 'slow' | 'refused' | 'cut'
}

/** How a target behaves: day to day, and in its outages. */
export interface TargetModel {
  /** Such as `p1/m1`. */
  readonly target: string
  readonly medianMs: number
  readonly pieceMs: number
  readonly faultRate: number
  readonly stubbornRate: number
  readonly thinkRate: number
  readonly outages: readonly Outage[]
  readonly capabilities: Capabilities
  /** Undefined where nobody knows. */
  readonly price: Price | undefined
  /** What its service allows in a minute, which its answers tell. */
  readonly allowedRpm: number | undefined
}

function retryAfter(draw: Draw, probability: number, medianMs: number): { readonly retryAfterMs?: number } {
  return draw.chance(probability) ? { retryAfterMs: Math.round(draw.duration(medianMs)) } : {}
}

/** Failures of any day, each as often as it is listed. */
const dailyFaults: readonly ((draw: Draw) => Plan['end'])[] = [
  () => ({ kind: 'server', status: 500 }),
  () => ({ kind: 'server', status: 502 }),
  (draw) => ({ kind: 'overloaded', status: 503, ...retryAfter(draw, 0.5, 2000) }),
  () => ({ kind: 'network' }),
  () => ({ kind: 'timeout', status: 504 }),
  (draw) => ({ kind: 'rate-limit', status: 429, ...retryAfter(draw, 0.7, 3000) }),
  (draw) => ({ kind: 'rate-limit', status: 429, ...retryAfter(draw, 0.7, 3000) }),
  (draw) => ({ kind: 'warming', status: 503, ...retryAfter(draw, 0.3, 1000) }),
  () => ({ kind: 'context-length', status: 400 }),
  () => ({ kind: 'content-filter', status: 400 }),
  () => ({ kind: 'invalid-request', status: 400 }),
  () => ({ kind: 'invalid-request' }),
  () => ({ kind: 'malformed', status: 200 }),
  () => ({ kind: 'unknown' }),
  () => 'malformed',
  () => 'empty',
  () => 'throw',
  () => 'cut',
  () => 'cut',
  () => 'stall',
]

function drawFault(draw: Draw): Plan['end'] {
  return draw.pick(dailyFaults)(draw)
}

function endIn(outage: Outage, draw: Draw): Plan['end'] {
  switch (outage.type) {
    case 'down':
      return draw.chance(0.5) ? { kind: 'server', status: 503 } : { kind: 'network' }
    case 'flaky':
      return draw.chance(0.6) ? drawFault(draw) : 'finish'
    case 'limited':
      return draw.chance(0.9) ? { kind: 'rate-limit', status: 429, ...retryAfter(draw, 0.6, 4000) } : 'finish'
    case 'silent':
      return draw.chance(0.9) ? 'stall' : 'finish'
    case 'slow':
      return 'finish'
    case 'refused':
      return { kind: draw.pick(['quota', 'authentication', 'permission', 'model-not-found'] as const), status: 403 }
    case 'cut':
      return draw.chance(0.8) ? 'cut' : 'finish'
  }
}

/** What the target does with a call that arrives at `now`. */
export function drawPlan(model: TargetModel, draw: Draw, now: number): Plan {
  const outage = model.outages.find(({ from, until }) => from <= now && now < until)
  const slowness = outage?.type === 'slow' ? 20 : 1
  const daily = draw.chance(model.faultRate) ? drawFault(draw) : 'finish'
  const end = outage === undefined ? daily : endIn(outage, draw)
  const refusesAtOnce = typeof end === 'object' && draw.chance(0.7)
  const whole = end === 'finish'
  return {
    delayMs: refusesAtOnce ? draw.integer(0, 30) : draw.duration(model.medianMs) * slowness,
    pieces: whole ? draw.integer(1, 6) : draw.chance(0.5) ? 0 : draw.integer(1, 4),
    pieceDelayMs: draw.duration(model.pieceMs) * slowness,
    end,
    stubborn: draw.chance(model.stubbornRate),
    thinks: draw.chance(model.thinkRate),
    spaces: draw.chance(0.5),
    tellsEarly: draw.chance(0.5),
    outputTokens: draw.integer(1, 300),
  }
}

/** What a service that is well does. */
export const wellPlan: Plan = {
  delayMs: 1,
  pieces: 2,
  pieceDelayMs: 1,
  end: 'finish',
  stubborn: false,
  thinks: false,
  spaces: false,
  tellsEarly: false,
  outputTokens: 2,
}
