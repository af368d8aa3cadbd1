import type { Capabilities } from '../provider/capabilities.ts'
import type { Manifest } from '../provider/plugin.ts'

/** Without a list of the pattern's pieces: it is asked for every pattern of a provider at every call. */
function matches(pattern: string, model: string): boolean {
  let star = pattern.indexOf('*')
  if (star === -1) return pattern === model
  if (!model.startsWith(pattern.slice(0, star))) return false
  let at = star
  for (;;) {
    const next = pattern.indexOf('*', star + 1)
    const piece = pattern.slice(star + 1, next === -1 ? pattern.length : next)
    if (next === -1) return model.length - piece.length >= at && model.endsWith(piece)
    const found = model.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
    star = next
  }
}

/** What `model` can do by `manifest`: the first pattern that matches, over what all models of the provider can do. */
export function capabilitiesOf(manifest: Pick<Manifest, 'capabilities' | 'models'>, model: string): Capabilities {
  const pattern = manifest.models?.find((candidate) => matches(candidate.match, model))
  return pattern ? { ...manifest.capabilities, ...pattern.capabilities } : manifest.capabilities
}
