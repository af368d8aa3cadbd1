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
  #newest = Number.NEGATIVE_INFINITY // number of the newest slice since the clock's zero

  /** @param lanes how many sums are kept side by side */
  constructor(durationMs: number, slices: number, lanes: number) {
    this.durationMs = durationMs
    this.#sliceMs = durationMs / slices
    this.#lanes = lanes
    this.#slices = new Float64Array(slices * lanes)
    this.#sums = new Float64Array(lanes)
  }

  add(lane: number, amount: number, now: number): void {
    const at = this.#advance(now) + lane
    this.#slices[at] = (this.#slices[at] ?? 0) + amount
    this.#sums[lane] = (this.#sums[lane] ?? 0) + amount
  }

  sum(lane: number, now: number): number {
    this.#advance(now)
    return this.#sums[lane] ?? 0
  }

  clear(): void {
    this.#slices.fill(0)
    this.#sums.fill(0)
  }

  /** Drops the slices that are out of date; the offset of the current one. Time that runs backwards stays in the newest. */
  #advance(now: number): number {
    const count = this.#slices.length / this.#lanes
    const current = Math.floor(now / this.#sliceMs)
    if (current > this.#newest) {
      if (current - this.#newest >= count) this.clear()
      else for (let slice = this.#newest + 1; slice <= current; slice++) this.#drop(slice, count)
      this.#newest = current
    }
    return this.#offset(this.#newest, count)
  }

  #drop(slice: number, count: number): void {
    const at = this.#offset(slice, count)
    for (let lane = 0; lane < this.#lanes; lane++) {
      this.#sums[lane] = (this.#sums[lane] ?? 0) - (this.#slices[at + lane] ?? 0)
      this.#slices[at + lane] = 0
    }
  }

  #offset(slice: number, count: number): number {
    return (((slice % count) + count) % count) * this.#lanes
  }
}
