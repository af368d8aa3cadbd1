export { anthropic } from './plugin.ts'
export { manifest } from './manifest.ts'
export { defaultMaxTokens } from './default-max-tokens.ts'
export type { AnthropicOptions } from './options.ts'
