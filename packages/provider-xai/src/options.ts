import type { ProviderOptions } from '@llmfb/core/provider'
import type { ApiName } from '@llmfb/openai-compatible'

/** Options of `xai()`. */
export interface XAIOptions extends ProviderOptions {
  /** Where xAI, or a proxy for it, is. @default the variable XAI_BASE_URL, else https://api.x.ai/v1 */
  readonly baseURL?: string
  /**
   * The API under which models are asked, for all of them; proxies may know but one.
   *
   * @default Responses for models that reason, and for requests that hold what only it takes: its own reasoning items,
   *   images in tool results; Chat Completions for models that do not reason
   */
  readonly api?: ApiName
}
