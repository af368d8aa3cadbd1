import { type FailureKind, kindOfStatus } from '@llmfb/core/provider'
import type { ServiceError } from './dialect.ts'

/**
 * What the common codes and types of errors mean. Sources: OpenAI's guide to error codes, and the answers of the
 * services that speak its dialect: Azure, Perplexity (`too_many_prompt_tokens`), llama.cpp (`exceed_context_size_error`),
 * Mistral (`invalid_model`).
 */
const kinds: ReadonlyMap<string, FailureKind> = new Map([
  ['insufficient_quota', 'quota'],
  ['billing_hard_limit_reached', 'quota'],
  ['billing_not_active', 'quota'],
  ['quota_exceeded', 'quota'],
  ['context_length_exceeded', 'context-length'],
  ['too_many_prompt_tokens', 'context-length'],
  ['exceed_context_size_error', 'context-length'],
  ['model_not_found', 'model-not-found'],
  ['invalid_model', 'model-not-found'],
  ['unknown_model', 'model-not-found'],
  ['DeploymentNotFound', 'model-not-found'],
  ['content_filter', 'content-filter'],
  ['content_policy_violation', 'content-filter'],
  ['image_content_policy_violation', 'content-filter'],
  ['misalignment_policy_violation', 'content-filter'],
  ['bio_policy', 'content-filter'],
  ['invalid_prompt', 'content-filter'], // a prompt that was flagged, for all its name says
  ['invalid_api_key', 'authentication'],
  // A service cannot read an item of its own: it is from another region or organization, or the service fails, as it did in
  // December 2025. Others take the request, without the item.
  ['invalid_encrypted_content', 'unknown'],
  ['rate_limit_exceeded', 'rate-limit'],
])

/** What only a class of error says, for errors that come without a status: inside a 200 or a stream. */
const kindsWithoutStatus: ReadonlyMap<string, FailureKind> = new Map([
  ['server_error', 'server'],
  ['internal_error', 'server'],
  ['api_error', 'server'],
  ['overloaded_error', 'overloaded'],
  ['service_unavailable', 'overloaded'],
  ['timeout', 'timeout'],
  ['rate_limit_error', 'rate-limit'],
  ['authentication_error', 'authentication'],
  ['permission_error', 'permission'],
  ['not_found_error', 'model-not-found'],
  ['invalid_request_error', 'invalid-request'],
  ['vector_store_timeout', 'timeout'],
  // What a response that failed says of the caller's images.
  ...[
    'invalid_image',
    'invalid_image_format',
    'invalid_base64_image',
    'invalid_image_url',
    'image_too_large',
    'image_too_small',
    'image_parse_error',
    'invalid_image_mode',
    'image_file_too_large',
    'unsupported_image_media_type',
    'empty_image_file',
    'failed_to_download_image',
    'image_file_not_found',
  ].map((code) => [code, 'invalid-request'] as const),
])

/** The kind of a failure, by code and type first, by status last, and never by the words of its message. */
export function classifyError(error: ServiceError): FailureKind {
  const { status, code = '', type = '' } = error
  const byCode = kinds.get(code) ?? kinds.get(type)
  // 402 is about money whatever the code; a code that says so comes with 429 or 403.
  if (byCode === 'quota' || status === 402) return 'quota'
  if (byCode !== undefined) return byCode
  if (status >= 400) return kindOfStatus(status)
  // An error inside a 200 that says nothing of itself is the service's own fault, not the caller's.
  return kindsWithoutStatus.get(code) ?? kindsWithoutStatus.get(type) ?? 'server'
}
