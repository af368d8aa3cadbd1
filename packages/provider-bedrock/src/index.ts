export { bedrock } from './plugin.ts'
export { manifest } from './manifest.ts'
export type { AwsCredentials, BedrockOptions } from './options.ts'
