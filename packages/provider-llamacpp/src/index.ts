export { llamacpp } from './plugin.ts'
export type { LlamaCppPlugin } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { LlamaCppOptions, LogFilter, ManagedServerOptions } from './options.ts'
