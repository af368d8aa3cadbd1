import type { ProviderOptions } from '@llmfb/core/provider'
import type { ApiName } from '@llmfb/openai-compatible'

/** Options of `azureOpenAI()`. A `model` is the name of a deployment. */
export interface AzureOpenAIOptions extends ProviderOptions {
  /** Where the resource is, such as `https://name.openai.azure.com`. @default the variable AZURE_OPENAI_ENDPOINT */
  readonly baseURL?: string
  /** A token of Microsoft Entra, fetched before each call; whoever gives one gives no `apiKey`. */
  readonly entraToken?: () => string | Promise<string>
  /**
   * The API under which all deployments are asked: one of those of v1, or the classic one that has an address for each
   * deployment and dated versions, and knows Chat Completions alone.
   *
   * @default v1: Responses for the models that need it (see the README), and for requests that hold what only it takes:
   *   its own reasoning items, files by URL or that are no PDF, images in tool results; Chat Completions for all others
   */
  readonly api?: ApiName | 'deployments'
  /** The `api-version` in the query. @default none for v1, 2024-10-21 for deployments, the last that was not a preview */
  readonly apiVersion?: string
  /** Which model stands behind a deployment, where its name does not say: `{ 'our-chat': 'gpt-5' }`. */
  readonly models?: Readonly<Record<string, string>>
}
