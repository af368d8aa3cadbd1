import type { ProviderOptions } from '@llmfb/core/provider'

/** Options of `azureOpenAI()`. A `model` is the name of a deployment. */
export interface AzureOpenAIOptions extends ProviderOptions {
  /** Where the resource is, such as `https://name.openai.azure.com`. @default the variable AZURE_OPENAI_ENDPOINT */
  readonly baseURL?: string
  /** A token of Microsoft Entra, fetched before each call; whoever gives one gives no `apiKey`. */
  readonly entraToken?: () => string | Promise<string>
  /** Which of Azure's two APIs is spoken: the one without dated versions, or that of deployments. @default 'v1' */
  readonly api?: 'v1' | 'deployments'
  /** The `api-version` in the query. @default none for v1, 2024-10-21 for deployments, the last that was not a preview */
  readonly apiVersion?: string
  /** Which model stands behind a deployment, where its name does not say: `{ 'our-chat': 'gpt-5' }`. */
  readonly models?: Readonly<Record<string, string>>
}
