/** Of the 32-bit FNV-1a hash: http://www.isthe.com/chongo/tech/comp/fnv/ */
const offsetBasis = 0x811c9dc5
const prime = 0x01000193

/**
 * Eight hexadecimal digits by which people tell keys apart in a ledger. 32 bits give nothing of a key away; two keys of
 * one pool share them once in four billion.
 */
export function fingerprintOf(key: string): string {
  let hash = offsetBasis
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), prime)
  // FNV's last characters hardly reach its first bits: murmur3's finalizer spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0')
}
