import type { ApiKey, ProviderOptions } from '@llmfb/core/provider'

/** Keys of an AWS identity. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** When they end, so that a function is asked for new ones in time. */
  readonly expiration?: Date
}

/** Options of `bedrock()`. */
export interface BedrockOptions extends ProviderOptions {
  /**
   * A Bedrock API key, sent as a bearer token; a list of keys, a function that fetches one or several before each call, or
   * a pool made by `createKeyPool`.
   * @default the variable AWS_BEARER_TOKEN_BEDROCK; without one, requests are signed with AWS credentials
   */
  readonly apiKey?: ApiKey
  /**
   * What requests are signed with where there is no API key, or a function that fetches it; the SDK asks it again when
   * they expire. @default the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else the default chain of AWS:
   * profiles, single sign-on, web identity, the roles of containers and machines
   */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>)
  /** Profile of the shared AWS files to take credentials from. @default the variable AWS_PROFILE */
  readonly profile?: string
  /** AWS region, such as `eu-central-1`. @default the variable AWS_REGION */
  readonly region?: string
  /** Where the service is, such as a VPC endpoint. @default the variable AWS_ENDPOINT_URL_BEDROCK_RUNTIME, else the region's own */
  readonly baseURL?: string
}
