import type { Clock } from '../provider/call-options.ts'
import type { BoundedStore } from '../store/bounded-store.ts'

/** What was taken of a shared limit. */
export interface Reservation {
  /**
   * Corrects it once the true amount is known: by less than 0 what is over is given back, by more than 0 what came on top
   * is counted, whether or not it fits. Never rejects.
   */
  settle(delta: number): Promise<void>
}

/** A window is this many slices. More of them waste less of the limit and ask the store more often. */
const slicesPerWindow = 12

/**
 * Slices before the current one that count as well. Any span as long as a window touches one more slice than a window
 * has; another one makes up for clocks that differ and answers that travel, together up to a slice.
 */
const slicesBefore = slicesPerWindow + 1

/** What is added to a slice to seal it. Above every amount, and exact beside one in a double. */
const seal = 2 ** 40

/** When nobody knows what the others have taken, the local limit alone holds. */
const untold: Reservation = { settle: async () => undefined }

/**
 * A limit over any span of `windowMs`, held by all processes together, on nothing but bounded counters: one for each
 * slice of the time. Before the first amount is taken in a slice, the slices before it are sealed, by adding so much that
 * no other addition fits, and what had been taken in them is read off; from then on it can only become less. So what an
 * addition may bring the slice to, the limit less what the slices before hold, is exact, and no race can exceed it.
 *
 * A process whose clock is behind finds its slice sealed and moves on to the next. What can be had of the limit steadily
 * is 12 parts of 14.
 */
export class SharedLimit {
  readonly #store: BoundedStore
  readonly #clock: Clock
  readonly #key: string
  readonly #sliceMs: number
  #slice = 0
  #sealedFor = -1
  #before: Promise<number | undefined> = Promise.resolve(undefined)

  constructor(store: BoundedStore, clock: Clock, key: string, windowMs: number) {
    this.#store = store
    this.#clock = clock
    this.#key = key
    this.#sliceMs = windowMs / slicesPerWindow
  }

  /** @returns `undefined` when the amount does not fit */
  async take(amount: number, limit: number): Promise<Reservation | undefined> {
    const whole = Math.ceil(amount)
    if (!this.#store.available) return untold
    for (let step = 0; step <= slicesBefore; step++) {
      const slice = this.#current()
      const before = await this.#takenBefore(slice)
      if (before === undefined) return untold
      const room = Math.floor(limit) - before
      if (whole > room) return undefined
      const added = await this.#add(slice, whole, Math.min(room, seal - 1))
      if (!added) return untold
      if (added.added) return { settle: (delta) => this.#settle(slice, Math.ceil(delta)) }
      if (added.value < seal) return undefined
      this.#moveOn(slice)
    }
    return untold
  }

  async #settle(slice: number, delta: number): Promise<void> {
    if (delta < 0) await this.#add(slice, delta, Infinity)
    // What the others have read off a sealed slice must not grow.
    else if (delta > 0) await this.#addNow(delta)
  }

  async #addNow(amount: number): Promise<void> {
    for (let step = 0; step <= slicesBefore; step++) {
      const slice = this.#current()
      const added = await this.#add(slice, amount, seal - 1)
      if (!added || added.added) return
      this.#moveOn(slice)
    }
  }

  /** The slice of now, or the one after those that were found sealed. */
  #current(): number {
    const now = Math.floor(this.#clock.wallTime() / this.#sliceMs)
    // A wall clock that was set back by more than a window is believed.
    if (this.#slice < now || this.#slice > now + slicesBefore) this.#slice = now
    return this.#slice
  }

  #moveOn(from: number): void {
    this.#slice = Math.max(this.#slice, from + 1)
  }

  /** Asked once a slice: what is given back meanwhile shows in the next. */
  #takenBefore(slice: number): Promise<number | undefined> {
    if (slice !== this.#sealedFor) {
      this.#sealedFor = slice
      this.#before = this.#sealBefore(slice)
    }
    return this.#before
  }

  async #sealBefore(slice: number): Promise<number | undefined> {
    const slices = Array.from({ length: slicesBefore }, (_, step) => slice - 1 - step)
    const sealed = await Promise.all(slices.map((earlier) => this.#add(earlier, seal, 2 * seal - 1)))
    let taken = 0
    for (const added of sealed) {
      if (!added) {
        this.#sealedFor = -1
        return undefined
      }
      taken += added.value - seal
    }
    return taken
  }

  #add(slice: number, amount: number, limit: number): ReturnType<BoundedStore['add']> {
    // A slice is read until `slicesBefore` more are over.
    return this.#store.add(`${this.#key}:${slice}`, amount, limit, 2 * slicesPerWindow * this.#sliceMs)
  }
}
