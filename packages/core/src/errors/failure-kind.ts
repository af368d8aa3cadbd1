/** What went wrong at a provider. What follows from each is in `failure/disposition.ts`. */
export const failureKinds = [
  'server',
  'overloaded',
  'network',
  'timeout',
  'malformed',
  'truncated',
  'empty',
  'rate-limit',
  'quota',
  'authentication',
  'permission',
  'model-not-found',
  'context-length',
  'content-filter',
  'invalid-request',
  'warming',
  'aborted',
  'router',
  'unknown',
] as const

export type FailureKind = (typeof failureKinds)[number]
