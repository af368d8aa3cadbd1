import { capabilitiesOf } from '@llmfb/core/provider'
import type { ChatCompletionsDialect } from '@llmfb/openai-compatible'
import { createCustomContent } from './custom-content.ts'
import { toDeploymentPath } from './deployment-path.ts'
import { manifest } from './manifest.ts'
import type { DialOptions } from './options.ts'

function reasons(model: string): boolean {
  return capabilitiesOf(manifest, model).parameters.reasoning !== undefined
}

/**
 * Where DIAL deviates from OpenAI.
 *
 * @param host where it is
 */
export function toDialect({ apiVersion, token }: DialOptions, host: string): ChatCompletionsDialect {
  return {
    name: manifest.name,
    ...(token === undefined && { authentication: (apiKey) => ({ 'api-key': apiKey }) }),
    path: (model) => `/openai/deployments/${toDeploymentPath(model)}/chat/completions`,
    embeddingsPath: (model) => `/openai/deployments/${toDeploymentPath(model)}/embeddings`,
    modelPaths: ['/openai/models', '/openai/applications'],
    headerOptions: {
      conversationId: 'x-conversation-id',
      jobTitle: 'x-job-title',
      cachePolicy: 'x-dial-cache-policy',
    },
    ...(apiVersion !== undefined && { query: { 'api-version': apiVersion } }),
    // OpenAI's models that reason refuse the other.
    maxTokensField: (model) => (reasons(model) ? 'max_completion_tokens' : 'max_tokens'),
    // Deployments send their usage unasked, and those built with DIAL's SDK refuse fields that they do not know.
    includeUsage: false,
    cacheBreakpoints: 'custom_fields',
    extension: createCustomContent(host),
    classify: ({ code }) => (code === 'truncate_prompt_error' ? 'context-length' : undefined),
  }
}
