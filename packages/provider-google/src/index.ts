export { google } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { GoogleOptions } from './options.ts'
