/**
 * Sums over the last `durationMs`, kept in slices that fall out one by one. It measures; it decides nothing. The oldest
 * slice is partly out of date, so a sum covers between `durationMs - sliceMs` and `durationMs`.
 */
export class SlicedWindow {
  readonly durationMs: number
  readonly #sliceMs: number
  readonly #slices: Float64Array
  readonly #lanes: number
  readonly #sums: Float64Array
  #newest = -Infinity // number of the newest slice since the clock's zero
  #newestEndsAt = -Infinity
  #offset = 0 // where the newest slice's sums stand

  /** @param lanes how many sums are kept side by side */
  constructor(durationMs: number, slices: number, lanes: number) {
    this.durationMs = durationMs
    this.#sliceMs = durationMs / slices
    this.#lanes = lanes
    this.#slices = new Float64Array(slices * lanes)
    this.#sums = new Float64Array(lanes)
  }

  add(lane: number, amount: number, now: number): void {
    if (now >= this.#newestEndsAt) this.#advance(now)
    const at = this.#offset + lane
    this.#slices[at] = (this.#slices[at] as number) + amount
    this.#sums[lane] = (this.#sums[lane] as number) + amount
  }

  sum(lane: number, now: number): number {
    if (now >= this.#newestEndsAt) this.#advance(now)
    return this.#sums[lane] as number
  }

  /** The slice that was last added to, for `correct`. */
  get newest(): number {
    return this.#newest
  }

  /** Adds to a slice of before, unless that is out of date by now. */
  correct(lane: number, amount: number, slice: number, now: number): void {
    if (now >= this.#newestEndsAt) this.#advance(now)
    if (slice === this.#newest) return this.add(lane, amount, now)
    const count = this.#slices.length / this.#lanes
    if (slice <= this.#newest - count || slice > this.#newest) return
    const at = this.#offsetOf(slice, count) + lane
    this.#slices[at] = (this.#slices[at] as number) + amount
    this.#sums[lane] = (this.#sums[lane] as number) + amount
  }

  /** When the sum will have fallen by `amount` if nothing is added; `Infinity` where it is less than that. */
  fallsAt(lane: number, amount: number, now: number): number {
    if (now >= this.#newestEndsAt) this.#advance(now)
    const count = this.#slices.length / this.#lanes
    let left = amount
    for (let slice = this.#newest - count + 1; slice <= this.#newest; slice++) {
      left -= this.#slices[this.#offsetOf(slice, count) + lane] as number
      if (left <= 0) return (slice + count) * this.#sliceMs
    }
    return Infinity
  }

  clear(): void {
    this.#slices.fill(0)
    this.#sums.fill(0)
  }

  /** Drops the slices that are out of date and begins a new one. Time that runs backwards stays in the newest. */
  #advance(now: number): void {
    const count = this.#slices.length / this.#lanes
    const current = Math.floor(now / this.#sliceMs)
    if (current - this.#newest >= count) this.clear()
    else for (let slice = this.#newest + 1; slice <= current; slice++) this.#drop(this.#offsetOf(slice, count))
    this.#newest = current
    this.#newestEndsAt = (current + 1) * this.#sliceMs
    this.#offset = this.#offsetOf(current, count)
  }

  #drop(offset: number): void {
    for (let lane = 0; lane < this.#lanes; lane++) {
      this.#sums[lane] = (this.#sums[lane] as number) - (this.#slices[offset + lane] as number)
      this.#slices[offset + lane] = 0
    }
  }

  #offsetOf(slice: number, count: number): number {
    return (slice - Math.floor(slice / count) * count) * this.#lanes
  }
}
