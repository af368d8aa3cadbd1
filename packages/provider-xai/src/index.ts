export { xai } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { XAIOptions } from './options.ts'
