import { SlicedWindow } from '../window/sliced-window.ts'
import { amountOf, type LimitReport, lanes, type Refusal } from './lanes.ts'
import type { Limits } from './limits.ts'

// The oldest slice may be partly out of date; with one second more than a minute, a whole minute is always counted.
const seconds = 61

/** Counts what a target was sent in the last minute, and holds it to its limits: no span of 60 s has more. */
export class MinuteLimits {
  readonly #window = new SlicedWindow(seconds * 1000, seconds, lanes.length)
  #limits: readonly (number | undefined)[] = []

  set({ rpm, tpm, inputTpm, outputTpm }: Limits): void {
    this.#limits = [rpm, tpm, inputTpm, outputTpm]
  }

  /** By lane. */
  get limits(): readonly (number | undefined)[] {
    return this.#limits
  }

  refusal(now: number, inputTokens: number, outputTokens: number): Refusal | undefined {
    let last: Refusal | undefined
    for (let lane = 0; lane < lanes.length; lane++) {
      const limit = this.#limits[lane]
      if (limit === undefined) continue
      const amount = amountOf(lane, inputTokens, outputTokens)
      const excess = this.#window.sum(lane, now) + amount - limit
      if (excess <= 0) continue
      const readyAt = amount > limit ? Infinity : this.#window.fallsAt(lane, excess, now)
      if (last && readyAt <= last.readyAt) continue
      const what = `its limit of ${limit} ${lanes[lane]?.replace('-', ' ')} a minute`
      last = { what: amount > limit ? `it needs ${amount}, over ${what}` : `${what} is used up`, readyAt }
    }
    return last
  }

  /** @returns the slice it was counted in */
  add(now: number, inputTokens: number, outputTokens: number): number {
    for (let lane = 0; lane < lanes.length; lane++) {
      this.#window.add(lane, amountOf(lane, inputTokens, outputTokens), now)
    }
    return this.#window.newest
  }

  /** A call that never went out is not counted any more. */
  remove(slice: number, now: number, inputTokens: number, outputTokens: number): void {
    for (let lane = 0; lane < lanes.length; lane++) {
      this.#window.correct(lane, -amountOf(lane, inputTokens, outputTokens), slice, now)
    }
  }

  /** A call used more or fewer tokens than were counted. */
  correct(slice: number, now: number, moreInput: number, moreOutput: number): void {
    this.#correct(2, moreInput, slice, now)
    this.#correct(3, moreOutput, slice, now)
  }

  #correct(lane: number, more: number, slice: number, now: number): void {
    if (more > 0) {
      // What is less was never sent; what is more may have been sent as late as now.
      this.#window.add(1, more, now)
      this.#window.add(lane, more, now)
    } else if (more < 0) {
      this.#window.correct(1, more, slice, now)
      this.#window.correct(lane, more, slice, now)
    }
  }

  report(now: number): LimitReport[] {
    return lanes.flatMap((counts, lane) => {
      const limit = this.#limits[lane]
      if (limit === undefined) return []
      const used = this.#window.sum(lane, now)
      return [{ source: 'set' as const, counts, limit, used, remaining: Math.max(0, limit - used) }]
    })
  }
}
