import type { JsonObject, ProviderOptions } from '@llmfb/core/provider'

/** Options of `openrouter()`. */
export interface OpenRouterOptions extends ProviderOptions {
  /** Where OpenRouter, or a proxy for it, is. @default the variable OPENROUTER_BASE_URL, else https://openrouter.ai/api/v1 */
  readonly baseURL?: string
  /** Address of the program that calls, for OpenRouter's rankings; sent as `HTTP-Referer`. @default not sent */
  readonly siteUrl?: string
  /** Name of the program that calls, for OpenRouter's rankings; sent as `X-Title`. @default not sent */
  readonly siteName?: string
  /**
   * Which of its providers OpenRouter may choose, in its own words (`order`, `only`, `ignore`, `allow_fallbacks`,
   * `require_parameters`, `data_collection`, `sort` …), for every request that does not say so itself.
   *
   * @default OpenRouter chooses
   */
  readonly routing?: JsonObject
}
