import { type ProviderTests, readDescription } from '@llmfb/conformance'
import { type AzureOpenAIOptions, azureOpenAI } from '../src/index.ts'

/** The provider, by one of its APIs. */
export function subject(api: NonNullable<AzureOpenAIOptions['api']>): ProviderTests['create'] {
  return (options) => azureOpenAI({ ...options, api })
}

export const models = ['gpt-4o', 'gpt-5', 'gpt-5.1', 'o3', 'o3-mini', 'gpt-35-turbo', 'gpt-6-astra', 'our-deployment']

/** OpenAI's description of the APIs that are Azure's as well. */
export const description = readDescription('openai.openapi.json')
