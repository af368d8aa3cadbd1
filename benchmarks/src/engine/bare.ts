import type { Candidate } from './candidate.ts'
import { createMemoryProvider, drain, request } from './in-memory.ts'

/** The provider itself, awaited: what everything else is compared to. */
export function bare(): Candidate {
  const provider = createMemoryProvider(0)
  return { name: 'bare', call: async () => provider.chat(request) }
}

export function bareStream(pieces: number): Candidate {
  const provider = createMemoryProvider(pieces)
  return { name: 'bare', call: () => drain(provider.stream(request)) }
}
