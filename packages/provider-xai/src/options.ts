import type { ProviderOptions } from '@llmfb/core/provider'

/** Options of `xai()`. */
export interface XAIOptions extends ProviderOptions {
  /** Where xAI, or a proxy for it, is. @default the variable XAI_BASE_URL, else https://api.x.ai/v1 */
  readonly baseURL?: string
}
