import CircuitBreaker from 'opossum'
import type { Candidate } from './candidate.ts'
import { createMemoryProvider, request } from './in-memory.ts'

/** With its defaults, which include a timeout; it has no retry. */
export function opossum(): Candidate {
  const provider = createMemoryProvider(0)
  const breaker = new CircuitBreaker(() => provider.chat(request))
  return { name: 'opossum', call: () => breaker.fire(), dispose: () => breaker.shutdown() }
}
