import type { RateLimit } from '../provider/rate-limit.ts'
import type { Usage } from '../provider/usage.ts'
import type { LimitReport, Refusal } from './lanes.ts'
import { isSensible, LearnedLimits, type Mark, unmarked } from './learned-limits.ts'
import type { Limits } from './limits.ts'
import { MinuteLimits } from './minute-limits.ts'
import { usedTokens } from './used-tokens.ts'

/** A call that was counted. It ends in exactly one of `settle` and `release`. */
export interface Reservation {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Where it was counted, and in which slice. */
  readonly minutes: MinuteLimits | undefined
  readonly slice: number
  readonly mark: Mark
}

/** A call of a target that counts nothing but how many are in flight. */
const uncounted: Reservation = { inputTokens: 0, outputTokens: 0, minutes: undefined, slice: 0, mark: unmarked }

/** How much the newest answer weighs in the average of them. */
const averageWeight = 0.1
/** How many tokens an answer is expected to have before there was one. */
const firstGuess = 500

/**
 * Holds one target to its limits: those that are set and those that its service tells of. Tokens are counted as
 * estimated when a call begins, and as they were when it ends; they are whole numbers, so that sums are exact.
 */
export class Limiter {
  #concurrency = Infinity
  #minutes: MinuteLimits | undefined
  #learned: LearnedLimits | undefined
  #inFlight = 0
  #averageOutput: number | undefined
  #limits: Limits | undefined

  constructor(limits?: Limits) {
    this.reconfigure(limits)
  }

  /** Another one that holds to the limits that are set, and has counted nothing. */
  fork(): Limiter {
    return new Limiter(this.#limits)
  }

  /** Whether there is nothing to hold the target to, so that nobody need ask. */
  get idle(): boolean {
    return this.#concurrency === Infinity && !this.countsTokens
  }

  /** The limits that are set for a minute, by lane; undefined where none is. */
  get perMinute(): readonly (number | undefined)[] | undefined {
    return this.#minutes?.limits
  }

  /** Whether it matters to it how many tokens a call takes. */
  get countsTokens(): boolean {
    return this.#minutes !== undefined || this.#learned !== undefined
  }

  /** How many tokens an answer of this target has, as far as is known. */
  get expectedOutput(): number {
    return Math.ceil(this.#averageOutput ?? firstGuess)
  }

  /** Other limits from now on; what was counted stays counted. */
  reconfigure(limits: Limits = {}): void {
    const { rpm, tpm, inputTpm, outputTpm, concurrency } = limits
    this.#limits = limits
    this.#concurrency = concurrency ?? Infinity
    const counts = (rpm ?? tpm ?? inputTpm ?? outputTpm) !== undefined
    this.#minutes = counts ? (this.#minutes ?? new MinuteLimits()) : undefined
    this.#minutes?.set(limits)
  }

  /** Why the target cannot take a call now; undefined where it can. Changes nothing. */
  refusal(now: number, inputTokens: number, outputTokens: number): Refusal | undefined {
    const set = this.#minutes?.refusal(now, inputTokens, outputTokens)
    const learned = this.#learned?.refusal(now, inputTokens, outputTokens)
    const later = set && learned ? (learned.readyAt > set.readyAt ? learned : set) : (set ?? learned)
    if (this.#inFlight < this.#concurrency || later?.readyAt === Infinity) return later
    const what = `its limit of ${this.#concurrency} calls at the same time is used up`
    return { what, readyAt: Infinity, isFull: true }
  }

  /** A call begins. Nothing is asked here: that is for `refusal`. */
  take(now: number, inputTokens: number, outputTokens: number): Reservation {
    this.#inFlight++
    const minutes = this.#minutes
    const learned = this.#learned
    if (minutes === undefined && learned === undefined) return uncounted
    const slice = minutes?.add(now, inputTokens, outputTokens) ?? 0
    const mark = learned?.add(now, inputTokens, outputTokens) ?? unmarked
    return { inputTokens, outputTokens, minutes, slice, mark }
  }

  /** The call ended, well or not. Without its usage, the tokens remain as they were estimated. */
  settle(reservation: Reservation, usage: Usage | undefined, now: number): void {
    this.#inFlight--
    const used = usedTokens(usage)
    if (used === undefined) return
    const [input, output] = used
    const average = this.#averageOutput ?? output
    this.#averageOutput = average + averageWeight * (output - average)
    const { minutes, slice, mark, inputTokens, outputTokens } = reservation
    minutes?.correct(slice, now, input - inputTokens, output - outputTokens)
    this.#learned?.correct(mark, now, 0, input - inputTokens, output - outputTokens)
  }

  /** The call never went out after all: it is as if it had not been counted. */
  release({ minutes, slice, mark, inputTokens, outputTokens }: Reservation, now: number): void {
    this.#inFlight--
    minutes?.remove(slice, now, inputTokens, outputTokens)
    this.#learned?.correct(mark, now, -1, -inputTokens, -outputTokens)
  }

  /**
   * Takes note of what the answer to a call tells. What the answer to a later call told is not overwritten.
   *
   * @param reservation undefined for a call that began before there was a limiter to count it
   * @param toldAt the latest time that the service may have said it: when the answer, or a stream's first content, came
   */
  learn(limits: readonly RateLimit[], reservation: Reservation | undefined, toldAt: number): void {
    for (const limit of limits) {
      if (limit == null || !isSensible(limit)) continue
      this.#learned ??= new LearnedLimits()
      this.#learned.learn(limit, reservation?.mark ?? unmarked, toldAt)
    }
  }

  /** Where the target stands with each of its limits. */
  report(now: number): readonly LimitReport[] {
    const reports: LimitReport[] = [...(this.#minutes?.report(now) ?? []), ...(this.#learned?.report(now) ?? [])]
    const limit = this.#concurrency
    if (limit === Infinity) return reports
    const used = this.#inFlight
    return [...reports, { source: 'set', counts: 'concurrency', limit, used, remaining: Math.max(0, limit - used) }]
  }
}
