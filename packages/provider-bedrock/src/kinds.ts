import type { FailureKind } from '@llmfb/core/provider'

/**
 * Sources: the errors of each operation in the service description, and "Common errors" of the API reference, which the
 * front of AWS answers before the service itself.
 */
const kinds: Readonly<Record<string, FailureKind>> = {
  AccessDeniedException: 'permission',
  AccessDenied: 'permission',
  OptInRequired: 'permission',
  NotAuthorized: 'permission',
  ConflictException: 'server',
  InternalServerException: 'server',
  InternalServerError: 'server',
  InternalFailure: 'server',
  ModelErrorException: 'server',
  ModelStreamErrorException: 'server',
  ModelNotReadyException: 'warming',
  ModelTimeoutException: 'timeout',
  RequestTimeoutException: 'timeout',
  ResourceNotFoundException: 'model-not-found',
  ServiceQuotaExceededException: 'quota',
  ServiceUnavailableException: 'overloaded',
  ServiceUnavailable: 'overloaded',
  ThrottlingException: 'rate-limit',
  Throttling: 'rate-limit',
  TooManyRequestsException: 'rate-limit',
  RequestLimitExceeded: 'rate-limit',
  ValidationException: 'invalid-request',
  ValidationError: 'invalid-request',
  SerializationException: 'invalid-request',
  UnrecognizedClientException: 'authentication',
  ExpiredTokenException: 'authentication',
  ExpiredToken: 'authentication',
  InvalidClientTokenId: 'authentication',
  InvalidSignatureException: 'authentication',
  SignatureDoesNotMatch: 'authentication',
  IncompleteSignature: 'authentication',
  IncompleteSignatureException: 'authentication',
  MissingAuthenticationToken: 'authentication',
  MissingAuthenticationTokenException: 'authentication',
  RequestExpired: 'authentication',
  RequestTimeTooSkewed: 'authentication',
}

/** What an error of that name means; undefined for names that nobody knows. */
export function kindOfName(name: string): FailureKind | undefined {
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined
}

/**
 * The one place that reads words. The service has one ValidationException for whatever is wrong, a wrong model and a
 * prompt for a larger one included, one ThrottlingException for the minute and the day, and one AccessDeniedException
 * for keys that are not valid and keys that may not; nothing else tells them apart. Each pattern is from a message that
 * the service has sent; where it changes its words, the failure is again what its name says.
 */
const words: readonly (readonly [name: RegExp, pattern: RegExp, FailureKind])[] = [
  [/^Throttling/, /\btokens per day\b/i, 'quota'],
  [/^AccessDenied/, /^(?:Authentication failed|Invalid API Key|Bearer Token has expired)/i, 'authentication'],
  [/^(?:ValidationE|$)/, /\bprovided model identifier is invalid\b/i, 'model-not-found'],
  [/^(?:ValidationE|$)/, /\bwith on-demand throughput isn.t supported\b/i, 'model-not-found'],
  [/^(?:ValidationE|$)/, /\bmodel id(?:entifier)? (?:is )?(?:not found|invalid)\b/i, 'model-not-found'],
  [/^(?:ValidationE|$)/, /\b(?:input|prompt) is too long\b/i, 'context-length'],
  [/^(?:ValidationE|$)/, /\btoo many (?:input|total) (?:text )?tokens\b/i, 'context-length'],
  [/^(?:ValidationE|$)/, /\binput length and `?max_tokens`? exceed context limit\b/i, 'context-length'],
  [/^(?:ValidationE|$)/, /\bmaximum context length\b/i, 'context-length'],
  [/^(?:ValidationE|$)/, /\binput tokens? (?:count )?exceeds?\b/i, 'context-length'],
  [/^(?:ValidationE|$)/, /\bblocked by (?:the |our )?content filter/i, 'content-filter'],
]

/** What an error means whose name (none where the service gave none) stands for several things; undefined for others. */
export function kindOfWords(name: string | undefined, message: string): FailureKind | undefined {
  return words.find(([named, pattern]) => named.test(name ?? '') && pattern.test(message))?.[2]
}
