import { createRouter, type PriceSource, type Router, type RouterOptions } from '@llmfb/core'
import type { Candidate } from './candidate.ts'
import { createMemoryProvider, drain, request } from './in-memory.ts'

function toCandidate(name: string, router: Router): Candidate {
  return { name, call: () => router.chat(request), dispose: () => router.dispose() }
}

function createMemoryRouter(pieces: number, options: Partial<RouterOptions> = {}): Router {
  return createRouter({ providers: [createMemoryProvider(pieces)], routes: { chat: ['memory/model'] }, ...options })
}

/** One healthy target and everything that is on by default. */
export function llmfb(): Candidate {
  return toCandidate('llmfb', createMemoryRouter(0))
}

/** What DESIGN.md, section 7, counts as everything: limits and a listener beside what is on by default. */
export function llmfbWithLimits(): Candidate {
  let events = 0
  const routes = { chat: [{ model: 'memory/model', rpm: 1e12, tpm: 1e12, concurrency: 1000 }] }
  return toCandidate('llmfb + limits + listener', createMemoryRouter(0, { routes, onEvent: () => void events++ }))
}

const prices: PriceSource = { priceOf: () => ({ inputPerMillion: 1, outputPerMillion: 5 }) }

/** All that can be on and that no call runs into. A hedge would be due after so long that none is ever sent. */
export function llmfbWithEverything(): Candidate {
  let events = 0
  const target = { model: 'memory/model', rpm: 1e12, tpm: 1e12, concurrency: 1000 }
  const stage = { name: 'primary', strategy: 'peak-ewma', targets: [target] } as const
  const route = { stages: [stage], hedge: { afterMs: 30_000 }, maxCostUsd: 1, deadlineMs: 60_000 }
  const options = { prices, routes: { chat: route }, onEvent: () => void events++ }
  return toCandidate('llmfb, everything on', createMemoryRouter(0, options))
}

export function llmfbStream(pieces: number): Candidate {
  const router = createMemoryRouter(pieces)
  return { name: 'llmfb', call: () => drain(router.stream(request)), dispose: () => router.dispose() }
}
