export { dial } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { DialOptions } from './options.ts'
