import type { ChatCompletionsDialect } from '@llmfb/openai-compatible'
import { manifest } from './manifest.ts'
import type { DialOptions } from './options.ts'

/** Where DIAL deviates from OpenAI. */
export function toDialect({ apiVersion, token }: DialOptions): ChatCompletionsDialect {
  return {
    name: manifest.name,
    ...(token === undefined && { authentication: (apiKey) => ({ 'api-key': apiKey }) }),
    path: (model) => `/deployments/${toPath(model)}/chat/completions`,
    ...(apiVersion !== undefined && { query: { 'api-version': apiVersion } }),
    // Deployments send their usage unasked, and those built with DIAL's SDK refuse fields that they do not know.
    includeUsage: false,
    classify: ({ code }) => (code === 'truncate_prompt_error' ? 'context-length' : undefined),
  }
}

/** Ids of applications have folders, and stand in DIAL's lists as they stand in addresses: what is encoded stays so. */
function toPath(model: string): string {
  return model
    .split('/')
    .map((segment) => encodeURIComponent(decode(segment)))
    .join('/')
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
