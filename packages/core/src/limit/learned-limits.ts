import type { RateLimit } from '../provider/rate-limit.ts'
import { amountOf, type LimitReport, lanes, type Refusal } from './lanes.ts'

/** Services count by the minute unless they say otherwise. */
const usualWindowMs = 60_000
/** The longest that `parseRateLimits` tells of: 24 hours. */
const longestResetMs = 24 * 60 * 60 * 1000
/** The largest limit that a recorded answer tells of is 10 ** 10 tokens. */
const mostAllowed = 1e12
/** This share of a limit is left to others who use the same account. */
const reserve = 0.01

/** How much had been sent when a call began, itself included, so that it is known what came after it. */
export interface Mark {
  readonly requests: number
  readonly input: number
  readonly output: number
}

/** The mark of calls that began before anything was learned. */
export const unmarked: Mark = { requests: 0, input: 0, output: 0 }

/** What is left of one limit, and how fast it comes back. */
interface Level {
  /** Number of the call whose answer told of it. */
  readonly told: number
  readonly limit: number
  readonly perMs: number
  /** When a limit of unknown size is forgotten, since all of it is there again. */
  readonly forgetAt: number
  left: number
  at: number
}

/** Whether what a service tells can be true. */
export function isSensible({ limit, remaining, resetsInMs = 0 }: RateLimit): boolean {
  if (!(remaining >= 0 && remaining <= mostAllowed && resetsInMs >= 0 && resetsInMs <= longestResetMs)) return false
  return limit === undefined || (limit > 0 && limit <= mostAllowed)
}

function leftOf(level: Level, now: number): number {
  if (now >= level.forgetAt) return Infinity
  return Math.min(level.limit, level.left + (level.perMs === 0 ? 0 : level.perMs * Math.max(0, now - level.at)))
}

/** More than a limit's worth of debt is a mistake in the counting, and is not held against the target. */
function change(level: Level, by: number, now: number): void {
  level.left = Math.max(-level.limit, Math.min(level.limit, leftOf(level, now) + by))
  level.at = Math.max(level.at, now)
}

/**
 * What should be left of the limits that a service tells of in its answers: what it said, less what was sent since the
 * call that was answered, plus what has come back, evenly, until all is there at the reset.
 */
export class LearnedLimits {
  readonly #levels: (Level | undefined)[] = lanes.map(() => undefined)
  #sent = unmarked

  /** A call begins. */
  add(now: number, inputTokens: number, outputTokens: number): Mark {
    const { requests, input, output } = this.#sent
    for (let lane = 0; lane < lanes.length; lane++) {
      const level = this.#levels[lane]
      if (level) change(level, -amountOf(lane, inputTokens, outputTokens), now)
    }
    return (this.#sent = { requests: requests + 1, input: input + inputTokens, output: output + outputTokens })
  }

  /** The call of `mark` used that much more, or with negative amounts less, than it was counted with. */
  correct(mark: Mark, now: number, moreRequests: number, moreInput: number, moreOutput: number): void {
    for (let lane = 0; lane < lanes.length; lane++) {
      const level = this.#levels[lane]
      // What was told by the answer to a later call has it right already.
      if (level === undefined || mark.requests <= level.told) continue
      change(level, lane === 0 ? -moreRequests : -amountOf(lane, moreInput, moreOutput), now)
    }
  }

  /** @param toldAt the latest time that the service may have said it */
  learn({ counts, limit, remaining, resetsInMs }: RateLimit, mark: Mark, toldAt: number): void {
    const lane = lanes.indexOf(counts)
    const { requests, input, output } = this.#sent
    const since = lane === 0 ? requests - mark.requests : amountOf(lane, input - mark.input, output - mark.output)
    const before = this.#levels[lane]
    if (before && mark.requests < before.told) return
    // Of answers to calls that began together, the one that leaves less is the newer.
    if (before?.told === mark.requests && remaining - since >= leftOf(before, toldAt)) return
    const most = limit === undefined ? Infinity : Math.max(limit, remaining)
    const known = limit !== undefined
    this.#levels[lane] = {
      told: mark.requests,
      limit: most,
      perMs: !known ? 0 : remaining < most && resetsInMs ? (most - remaining) / resetsInMs : most / usualWindowMs,
      forgetAt: known ? Infinity : toldAt + (resetsInMs ?? usualWindowMs),
      left: Math.max(-most, remaining - since),
      at: toldAt,
    }
  }

  refusal(now: number, inputTokens: number, outputTokens: number): Refusal | undefined {
    let last: Refusal | undefined
    for (let lane = 0; lane < lanes.length; lane++) {
      const level = this.#levels[lane]
      if (level === undefined) continue
      const { limit, left, perMs, forgetAt, at } = level
      const amount = amountOf(lane, inputTokens, outputTokens)
      // One call alone is never too large: the service may count otherwise.
      const needed = limit === Infinity ? Math.max(amount, 1) : Math.min(limit, Math.max(amount, limit * reserve))
      if (leftOf(level, now) >= needed) continue
      // A millisecond more than enough, for the division may be off by a rounding.
      const readyAt = limit === Infinity ? forgetAt : Math.ceil(at + (needed - left) / perMs) + 1
      if (last && readyAt <= last.readyAt) continue
      last = { what: `its service has too few ${lanes[lane]?.replace('-', ' ')} left for it`, readyAt }
    }
    return last
  }

  report(now: number): LimitReport[] {
    return lanes.flatMap((counts, lane) => {
      const level = this.#levels[lane]
      if (level === undefined || now >= level.forgetAt) return []
      const { limit } = level
      const remaining = Math.max(0, Math.floor(leftOf(level, now)))
      return [
        {
          source: 'learned' as const,
          counts,
          ...(limit < Infinity ? { limit, used: limit - remaining } : {}),
          remaining,
        },
      ]
    })
  }
}
