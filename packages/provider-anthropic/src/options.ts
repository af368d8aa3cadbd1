import type { ProviderOptions } from '@llmfb/core/provider'

/** Options of `anthropic()`. */
export type AnthropicOptions = ProviderOptions
