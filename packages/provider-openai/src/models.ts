import type { ModelPattern } from '@llmfb/core/provider'
import { openAIModels } from '@llmfb/openai-compatible/models'

/** OpenAI's models, each family followed by those that were fine-tuned from it. */
export const models: readonly ModelPattern[] = openAIModels.flatMap(({ match, capabilities }) => [
  { match, capabilities },
  { match: `ft:${match.endsWith('*') ? match : `${match}:*`}`, capabilities },
])
