import type { ProviderOptions } from '@llmfb/core/provider'

/** Options of `openai()`. */
export interface OpenAIOptions extends ProviderOptions {
  /** Where OpenAI, or a proxy for it, is. @default the variable OPENAI_BASE_URL, else https://api.openai.com/v1 */
  readonly baseURL?: string
  /** Organization that calls are billed to. @default the key's own */
  readonly organization?: string
  /** Project that calls are billed to. @default the key's own */
  readonly project?: string
}
