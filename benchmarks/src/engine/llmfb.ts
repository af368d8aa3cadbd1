import { createRouter, type Router } from '@llmfb/core'
import type { Candidate } from './candidate.ts'
import { createMemoryProvider, drain, request } from './in-memory.ts'

function createMemoryRouter(pieces: number, listening: boolean): Router {
  let events = 0
  return createRouter({
    providers: [createMemoryProvider(pieces)],
    routes: { chat: ['memory/model'] },
    ...(listening ? { onEvent: () => void events++ } : {}),
  })
}

/** One healthy target and everything that is on by default. */
export function llmfb(): Candidate {
  const router = createMemoryRouter(0, false)
  return { name: 'llmfb', call: () => router.chat(request), dispose: () => router.dispose() }
}

export function llmfbWithListener(): Candidate {
  const router = createMemoryRouter(0, true)
  return { name: 'llmfb + listener', call: () => router.chat(request), dispose: () => router.dispose() }
}

export function llmfbStream(pieces: number): Candidate {
  const router = createMemoryRouter(pieces, false)
  return { name: 'llmfb', call: () => drain(router.stream(request)), dispose: () => router.dispose() }
}
