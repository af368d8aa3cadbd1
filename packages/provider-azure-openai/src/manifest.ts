import type { Manifest } from '@llmfb/core/provider'
import { sampling } from '@llmfb/openai-compatible/models'
import { models } from './models.ts'

/** What Azure OpenAI is, as data. Sources: Microsoft's reference of its APIs, and recorded answers. */
export const manifest: Manifest = {
  id: 'azure-openai',
  name: 'Azure OpenAI',
  tier: 'production',
  credentials: [
    {
      variable: 'AZURE_OPENAI_API_KEY',
      option: 'apiKey',
      required: true,
      description: 'one of the two keys of an Azure OpenAI resource; the option `entraToken` stands in for it',
      url: 'https://portal.azure.com/#view/Microsoft_Azure_ProjectOxford/CognitiveServicesHub/~/OpenAI',
    },
    {
      variable: 'AZURE_OPENAI_ENDPOINT',
      option: 'baseURL',
      required: true,
      description: 'Address of the resource, such as https://name.openai.azure.com',
      url: 'https://portal.azure.com/#view/Microsoft_Azure_ProjectOxford/CognitiveServicesHub/~/OpenAI',
    },
  ],
  capabilities: {
    input: ['image', 'file'],
    tools: true,
    responseFormats: ['json', 'json-schema'],
    streaming: true,
    reasoning: false,
    promptCache: false,
    // As OpenAI's own: longer ones were refused in 2025.
    toolCallIds: { characters: 'word', maxLength: 40 },
    assistantPrefill: false,
    parameters: sampling,
  },
  models,
  documentationUrl: 'https://learn.microsoft.com/azure/ai-foundry/openai/latest',
  knownGaps: [
    'What a deployment can do, and under which API it is asked, is known by the name of its model: where the deployment has another name, the option `models` says which model it is. Models that are not OpenAI’s are taken for what `gpt-4o` takes.',
    'Under Chat Completions (see `api` in the README) reasoning is neither shown nor taken back, tool results hold no images, and files are bytes of a PDF, a picture or sound. The classic API of deployments has nothing else.',
    'The Responses API is not in every region, and has no stop, seed or penalties. In January 2026 it could not fetch some addresses of files and images that others could.',
    'Summaries of reasoning come only when asked for, with `providerOptions: { "azure-openai": { reasoning: { summary: "auto" } } }`.',
    'The list of models has those of which the resource can make deployments; the deployments themselves are known to the management API alone, which takes other credentials.',
    'Counts of tokens are estimates: Azure answers the endpoint for them with a 404 (seen in May 2026). Prompt-cache breakpoints are not sent.',
    'Metadata goes out only with answers that are stored, which has to be asked for: `providerOptions: { "azure-openai": { store: true } }`; with others it is left out, with a warning, since the service refuses it.',
    'The severities that content filters give to an answer that passed, what the service’s own tools did, and the citations of `data_sources`: not passed on.',
    'Files in messages: the description of v1 has them, and it was not tried which deployments take them.',
    'The older address `/models/chat/completions` of Azure AI services: its models are reached through v1 as well.',
  ],
}
