export { ollama } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { OllamaOptions } from './options.ts'
