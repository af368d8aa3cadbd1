export { openrouter } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { OpenRouterOptions } from './options.ts'
