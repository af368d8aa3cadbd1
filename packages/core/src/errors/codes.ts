/** Every code an llmfb error can have, with what it means and what to do. `docs/errors.md` is generated from this. */
export const errorCodes = {
  'invalid-request': {
    meaning: 'The request is not a valid ChatRequest. Nothing was sent.',
    remedy: 'Mend the field that `path` names.',
  },
  'invalid-config': {
    meaning: 'The options of createRouter or of a provider contradict the contract or each other.',
    remedy: 'Mend each of `issues`; every one names its path.',
  },
  'unknown-model': {
    meaning: '`model` names neither a route nor a target of a registered provider. Nothing was sent.',
    remedy: 'Use one of `nearest`, add a route, or register the provider.',
  },
  'no-usable-target': {
    meaning: 'A route has no target whose provider can be used.',
    remedy: 'Each of `unavailable` says what is missing: a variable to set, a tier to allow, a package to register.',
  },
  'provider-failure': {
    meaning: 'One call to one provider failed; `kind` says how.',
    remedy: 'Inside a router this is an attempt in the ledger. See the failure table for what each kind leads to.',
  },
  'all-attempts-failed': {
    meaning: 'Every target was tried or excluded, or the request ran out of attempts or time.',
    remedy: 'Read `attempts` and `exclusions`; `kind` is the most useful one, `retryAfterMs` the shortest wait.',
  },
  'stream-interrupted': {
    meaning: 'A stream failed after content had been delivered, so that no other target could take over unseen.',
    remedy: '`delivered` holds what arrived and `attempts` what happened; ask again if the part does not do.',
  },
  disposed: {
    meaning: 'The router was disposed.',
    remedy: 'Make a new router, or dispose of this one later.',
  },
} as const

export type ErrorCode = keyof typeof errorCodes
