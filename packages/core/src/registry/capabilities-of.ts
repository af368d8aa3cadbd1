import type { Capabilities } from '../provider/capabilities.ts'
import type { Manifest } from '../provider/plugin.ts'

function matches(pattern: string, model: string): boolean {
  if (!pattern.includes('*')) return pattern === model
  const pieces = pattern.split('*')
  const first = pieces[0] ?? ''
  const last = pieces[pieces.length - 1] ?? ''
  if (!model.startsWith(first)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = model.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return model.length - last.length >= at && model.endsWith(last)
}

/** What `model` can do by `manifest`: the first pattern that matches, over what all models of the provider can do. */
export function capabilitiesOf(manifest: Pick<Manifest, 'capabilities' | 'models'>, model: string): Capabilities {
  const pattern = manifest.models?.find((candidate) => matches(candidate.match, model))
  return pattern ? { ...manifest.capabilities, ...pattern.capabilities } : manifest.capabilities
}
