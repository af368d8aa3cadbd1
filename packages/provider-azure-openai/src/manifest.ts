import type { Manifest } from '@llmfb/core/provider'
import { models, sampling } from './models.ts'

/** What Azure OpenAI is, as data. Sources: Microsoft's reference of both APIs, and recorded answers. */
export const manifest: Manifest = {
  id: 'azure-openai',
  name: 'Azure OpenAI',
  tier: 'beta',
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
    'What a deployment can do is known by the name of its model: where the deployment has another name, the option `models` says which model it is.',
    'Models that only the Responses API serves (`*-pro`, `*codex*`): this provider speaks Chat Completions.',
    'Reasoning text and encrypted reasoning: Chat Completions neither shows nor takes back any.',
    'A list of models, and a free probe: deployments can only be listed through the management API, which takes other credentials. Embeddings only through v1.',
    'The severities that content filters give to an answer that passed, and the citations of `data_sources`: not passed on.',
    'Images in tool results, and files by URL: the API refuses them.',
    'Files in messages: the description of v1 has them, and it was not tried which deployments take them.',
    'The older address `/models/chat/completions` of Azure AI services: its models are reached through v1 as well.',
  ],
}
