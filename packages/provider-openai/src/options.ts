import type { ProviderOptions } from '@llmfb/core/provider'
import type { ApiName } from '@llmfb/openai-compatible'

/** Options of `openai()`. */
export interface OpenAIOptions extends ProviderOptions {
  /** Where OpenAI, or a proxy for it, is. @default the variable OPENAI_BASE_URL, else https://api.openai.com/v1 */
  readonly baseURL?: string
  /** Organization that calls are billed to. @default the key's own */
  readonly organization?: string
  /** Project that calls are billed to. @default the key's own */
  readonly project?: string
  /**
   * The API under which models are asked, for all of them; proxies may know but one.
   *
   * @default Responses for the models that need it (see the README), and for requests that hold what only it takes: its
   *   own reasoning items, files by URL or that are no PDF, images in tool results; Chat Completions for all others
   */
  readonly api?: ApiName
}
