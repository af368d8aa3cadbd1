import type { ProviderOptions } from '@llmfb/core/provider'

/**
 * Options of `dial()`. A `model` is the id of a deployment: of a model, an application or an assistant. A request's
 * `providerOptions.dial` may hold `conversationId`, `jobTitle` and `cachePolicy`, which go out as headers of its call.
 */
export interface DialOptions extends ProviderOptions {
  /** Where DIAL Core is, such as `https://dial.example.org`. @default the variable DIAL_API_HOST */
  readonly baseURL?: string
  /** A token of the identity provider, fetched before each call; whoever gives one gives no `apiKey`. */
  readonly token?: () => string | Promise<string>
  /** The `api-version` in the query, for deployments that pass it on. @default none */
  readonly apiVersion?: string
}
