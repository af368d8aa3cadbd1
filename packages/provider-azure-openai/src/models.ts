import type { ModelPattern } from '@llmfb/core/provider'
import { openAIModels } from '@llmfb/openai-compatible/models'

/** By the names of OpenAI's models, which most deployments have. */
export const models: readonly ModelPattern[] = openAIModels.flatMap(({ match, capabilities }) => {
  // Whether Azure takes breakpoints is not known.
  const { promptCache: _caches, cacheBreakpoints: _limit, ...own } = capabilities
  // It leaves the point out of this name.
  const others = match.startsWith('gpt-3.5') ? [{ match: match.replace('3.5', '35'), capabilities: own }] : []
  return [{ match, capabilities: own }, ...others]
})
