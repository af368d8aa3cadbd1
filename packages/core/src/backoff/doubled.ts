// 2 ** 1023 is the largest power there is; beyond it, a base of 0 would turn to NaN.
const mostDoublings = 1023

/** `baseMs` doubled so many times, but no more than `capMs`. */
export function doubled(baseMs: number, times: number, capMs: number): number {
  return Math.min(capMs, baseMs * 2 ** Math.min(Math.max(0, times), mostDoublings))
}
