import type { FailureKind } from '@llmfb/core/provider'
import { ProviderError } from '@llmfb/core/provider'

/** Most names that an error lists. */
const mostNames = 10

/** There is no answer of this name; those that begin alike are named first. */
export function modelNotFound(provider: string, model: string, names: readonly string[]): ProviderError {
  const alike = (name: string): number => {
    let same = 0
    while (same < name.length && name[same]?.toLowerCase() === model[same]?.toLowerCase()) same++
    return same
  }
  const nearest = names.toSorted((a, b) => alike(b) - alike(a)).slice(0, mostNames)
  const more = names.length > nearest.length ? ` and ${names.length - nearest.length} more` : ''
  const there = `there is no such answer; there are ${nearest.map((name) => `'${name}'`).join(', ')}${more}`
  return failureOf(provider, model, 'model-not-found', there)
}

/** A failure in this provider's own words. */
export function failureOf(
  provider: string,
  model: string,
  kind: FailureKind,
  what: string,
  cause?: Error,
): ProviderError {
  return new ProviderError(`${provider}/${model}: ${what}.`, { kind, provider, model, cause })
}
