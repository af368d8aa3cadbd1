export { azureOpenAI } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { AzureOpenAIOptions } from './options.ts'
