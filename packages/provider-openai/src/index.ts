export { openai } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { OpenAIOptions } from './options.ts'
