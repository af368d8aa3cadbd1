/** Buckets to a doubling: whatever lies in a bucket is within 2^(1/16) - 1, about 4.5 %, of its middle. */
const perOctave = 8
const octaves = 20
const lastBucket = perOctave * octaves - 1

/** Samples after which what was before counts half. */
const halfLife = 100

/**
 * The running estimate of a quantile of times, from a histogram whose buckets grow by a constant factor. Within 4.5 % of
 * the exact quantile (by nearest rank) for times from 1 ms to 17 min; what lies outside counts as the nearest of these.
 * Older samples count less and less: a shift shows after some dozens of samples upwards, and some hundreds downwards.
 */
export class Quantile {
  readonly #share: number
  readonly #minimumSamples: number
  readonly #weights = new Float64Array(lastBucket + 1)
  #total = 0
  #samples = 0
  // The bucket that holds the quantile, and the weight of those below it.
  #bucket = 0
  #below = 0

  /**
   * @param share which quantile: 0.95 for the time that 95 % of samples do not exceed
   * @param minimumSamples how many it takes to say anything
   */
  constructor(share: number, minimumSamples = 20) {
    this.#share = share
    this.#minimumSamples = minimumSamples
  }

  /** In milliseconds; undefined while there are too few samples. */
  get value(): number | undefined {
    return this.#samples < this.#minimumSamples ? undefined : 2 ** ((this.#bucket + 0.5) / perOctave)
  }

  add(ms: number): void {
    const bucket = Math.min(lastBucket, Math.floor(Math.log2(Math.max(1, ms)) * perOctave))
    this.#weights[bucket] = this.#weightOf(bucket) + 1
    this.#total++
    if (bucket < this.#bucket) this.#below++
    if (++this.#samples % halfLife === 0) this.#fade()
    this.#follow()
  }

  #fade(): void {
    for (let bucket = 0; bucket <= lastBucket; bucket++) this.#weights[bucket] = this.#weightOf(bucket) / 2
    this.#total /= 2
    this.#below /= 2
  }

  /** The quantile moves by a bucket or two with each sample: looking for it from the start would take far longer. */
  #follow(): void {
    const rank = this.#share * this.#total
    while (this.#bucket > 0 && this.#below >= rank) this.#below -= this.#weightOf(--this.#bucket)
    while (this.#bucket < lastBucket && this.#below + this.#weightOf(this.#bucket) < rank)
      this.#below += this.#weightOf(this.#bucket++)
  }

  #weightOf(bucket: number): number {
    return this.#weights[bucket] as number
  }
}
