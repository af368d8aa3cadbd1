import type { ProviderOptions } from '@llmfb/core/provider'

/** Options of `google()`. */
export type GoogleOptions = ProviderOptions
