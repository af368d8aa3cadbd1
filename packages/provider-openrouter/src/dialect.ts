import type { ChatCompletionsDialect } from '@llmfb/openai-compatible'
import { classify } from './classify.ts'
import { manifest } from './manifest.ts'
import { pictures } from './pictures.ts'

/** Where OpenRouter deviates from OpenAI. */
export const dialect: ChatCompletionsDialect = {
  name: manifest.name,
  reasoningFields: ['reasoning', 'reasoning_content'],
  reasoningDetails: true,
  effortOrBudget: true,
  reasoning: (effort, budgetTokens) => ({
    reasoning: budgetTokens === undefined ? { effort: effort ?? 'medium' } : { max_tokens: budgetTokens },
  }),
  toolResultImages: true,
  fileUrls: true,
  cacheBreakpoints: 'cache_control',
  extension: pictures,
  costUsd: ({ cost }) => (typeof cost === 'number' ? cost : undefined),
  classify,
}
