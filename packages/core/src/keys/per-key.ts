/** Most keys whose values are kept; the one that was made first goes first. */
const mostKeys = 16

/**
 * Makes one thing for each key, such as a vendor's client, and keeps some. Keys that are fetched anew for each call would
 * otherwise leave one each behind.
 */
export function perKey<Key extends string | undefined, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const kept = new Map<Key, { readonly made: Made }>()
  return (key) => {
    const known = kept.get(key)
    if (known) return known.made
    const made = make(key)
    kept.set(key, { made })
    if (kept.size > mostKeys) kept.delete(kept.keys().next().value as Key)
    return made
  }
}
