/** What strategies go by unless their options say otherwise. */
export const strategyDefaults = {
  /** Share of requests that go to any target at all, so that a judgement can be revised. */
  explore: 0.03,
  /** Targets slower than the fastest by no more than this share count as equally fast. */
  withinRatio: 0.1,
  /** Tokens an answer is taken to have: a few paragraphs. */
  answerTokens: 500,
  /** As long as most services keep a prompt in their cache after its last use. */
  ttlMs: 300_000,
  /** How many times as busy as the others a target must be before a request leaves it. */
  loadMargin: 3,
  /** Label of a request's metadata that tells its session. */
  label: 'session',
  /** Characters of each message at the head of a prompt that tell one prompt from another. */
  prefixChars: 1024,
  /** Most keys whose targets are remembered. */
  maxKeys: 10_000,
} as const
