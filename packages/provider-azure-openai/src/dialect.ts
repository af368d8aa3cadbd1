import type { FailureKind } from '@llmfb/core/provider'
import type { ChatCompletionsDialect, ServiceError } from '@llmfb/openai-compatible'
import { manifest } from './manifest.ts'
import type { AzureOpenAIOptions } from './options.ts'

/** The last version of the deployments' API that was no preview. */
const classicVersion = '2024-10-21'

/** What only Azure's codes mean. Sources: its pages on content filters and on role-based access. */
const kinds: ReadonlyMap<string, FailureKind> = new Map([
  ['ResponsibleAIPolicyViolation', 'content-filter'],
  // 401, though whoever asks is known, and just may not.
  ['PermissionDenied', 'permission'],
  ['AuthorizationFailed', 'permission'],
  // 400: what is deployed under this name does not chat.
  ['OperationNotSupported', 'model-not-found'],
])

/** Where Azure deviates from OpenAI, for any of its APIs. */
export function toDialect({ api, apiVersion, entraToken }: AzureOpenAIOptions): ChatCompletionsDialect {
  const version = apiVersion ?? (api === 'deployments' ? classicVersion : undefined)
  return {
    name: manifest.name,
    maxTokensField: 'max_completion_tokens',
    metadataNeedsStore: true,
    ...(entraToken === undefined && { authentication: (apiKey) => ({ 'api-key': apiKey }) }),
    ...(api === 'deployments' && {
      path: (model) => `${toPath(model)}/chat/completions`,
      embeddingsPath: (model) => `${toPath(model)}/embeddings`,
    }),
    ...(version !== undefined && { query: { 'api-version': version } }),
    classify,
  }
}

function toPath(deployment: string): string {
  return `/deployments/${encodeURIComponent(deployment)}`
}

/** The filter says what it is in the code, or only in the inner error. */
function classify({ code = '', body }: ServiceError): FailureKind | undefined {
  return kinds.get(code) ?? kinds.get(readInnerCode(body))
}

function readInnerCode(body: unknown): string {
  const { innererror } = (body ?? {}) as { readonly innererror?: { readonly code?: unknown } | null }
  return typeof innererror?.code === 'string' ? innererror.code : ''
}
