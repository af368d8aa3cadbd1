/** Spreads the bits of a 32-bit number evenly (the finalizer of MurmurHash3). */
export function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** A 32-bit number for a text (FNV-1a), the same in every process. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mix(hash)
}

/** A 32-bit number to one above 0 and up to 1. */
export function toFraction(hash: number): number {
  return (hash + 1) / 4_294_967_296
}
