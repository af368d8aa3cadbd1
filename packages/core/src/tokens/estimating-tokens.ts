import { isProviderError } from '../errors/provider-error.ts'
import type { TokensFacet } from '../provider/facets.ts'
import { estimateTokens } from './estimate-tokens.ts'

/**
 * Counts as the service does where it can, and estimates where it cannot: the method of each count says which.
 *
 * @param exact asks the service's own counter. Where that answers 403 (unless the key is unknown), 404, 405 or 501, or
 * the error is one of `hasNoCounter`, there is none for this model or key, and the tokens are estimated. Other failures
 * are thrown. @default there is no counter, and nothing is asked
 * @param hasNoCounter other errors by which a service says the same
 */
export function estimatingTokens(
  exact?: TokensFacet['count'],
  hasNoCounter: (error: Error) => boolean = () => false,
): TokensFacet {
  return {
    method: exact ? 'exact' : 'estimate',
    async count(request, options = {}) {
      options.signal?.throwIfAborted()
      try {
        if (exact) return await exact(request, options)
      } catch (error) {
        if (!(error instanceof Error) || !(saysNone(error) || hasNoCounter(error))) throw error
      }
      return { tokens: estimateTokens(request), method: 'estimate' }
    },
  }
}

function saysNone(error: Error): boolean {
  if (!isProviderError(error)) return false
  if (error.status === 403) return error.kind === 'permission'
  return error.status === 404 || error.status === 405 || error.status === 501
}
