import type { Client, Mode } from './client.ts'

/** A library under measurement. */
export interface Candidate {
  /** The bare SDK of the same service: what its costs are compared to. */
  readonly bare: string
  /** What its costs are to be at most, as ratios to the bare SDK's: DESIGN.md, section 7. */
  readonly aims?: Readonly<Record<Mode, number>>
  /** Loaded in the process that measures it, and nowhere else. */
  load(): Promise<{ createClient(origin: string): Client }>
}

const aims = { chat: 0.65, stream: 0.45 }

export const candidates: Readonly<Record<string, Candidate>> = {
  openai: { bare: 'openai', load: () => import('./openai.ts') },
  llmfb: { bare: 'openai', aims, load: () => import('./llmfb.ts') },
  'ai-sdk': { bare: 'openai', load: () => import('./ai-sdk.ts') },
  langchain: { bare: 'openai', load: () => import('./langchain.ts') },
  anthropic: { bare: 'anthropic', load: () => import('./anthropic.ts') },
  'llmfb anthropic': { bare: 'anthropic', aims, load: () => import('./llmfb-anthropic.ts') },
  ollama: { bare: 'ollama', load: () => import('./ollama.ts') },
  'llmfb ollama': { bare: 'ollama', aims: { chat: 1, stream: 1 }, load: () => import('./llmfb-ollama.ts') },
}

export const names: readonly string[] = Object.keys(candidates)
