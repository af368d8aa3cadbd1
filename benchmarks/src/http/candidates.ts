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
const noSlower = { chat: 1, stream: 1 }

export const candidates: Readonly<Record<string, Candidate>> = {
  openai: { bare: 'openai', load: () => import('./openai.ts') },
  llmfb: { bare: 'openai', aims, load: () => import('./llmfb.ts') },
  'llmfb xai': { bare: 'openai', aims: noSlower, load: () => import('./llmfb-xai.ts') },
  'llmfb openrouter': { bare: 'openai', aims: noSlower, load: () => import('./llmfb-openrouter.ts') },
  'llmfb llamacpp': { bare: 'openai', aims: noSlower, load: () => import('./llmfb-llamacpp.ts') },
  'ai-sdk': { bare: 'openai', load: () => import('./ai-sdk.ts') },
  langchain: { bare: 'openai', load: () => import('./langchain.ts') },
  'openai socket': { bare: 'openai', load: () => import('./openai-socket.ts') },
  azure: { bare: 'azure', load: () => import('./azure.ts') },
  'llmfb azure': { bare: 'azure', aims: noSlower, load: () => import('./llmfb-azure.ts') },
  'llmfb dial': { bare: 'azure', aims: noSlower, load: () => import('./llmfb-dial.ts') },
  anthropic: { bare: 'anthropic', load: () => import('./anthropic.ts') },
  'llmfb anthropic': { bare: 'anthropic', aims, load: () => import('./llmfb-anthropic.ts') },
  'anthropic socket': { bare: 'anthropic', load: () => import('./anthropic-socket.ts') },
  bedrock: { bare: 'bedrock', load: () => import('./bedrock.ts') },
  'llmfb bedrock': { bare: 'bedrock', aims: noSlower, load: () => import('./llmfb-bedrock.ts') },
  google: { bare: 'google', load: () => import('./google.ts') },
  'llmfb google': { bare: 'google', aims: noSlower, load: () => import('./llmfb-google.ts') },
  ollama: { bare: 'ollama', load: () => import('./ollama.ts') },
  'llmfb ollama': { bare: 'ollama', aims: noSlower, load: () => import('./llmfb-ollama.ts') },
}

export const names: readonly string[] = Object.keys(candidates)

/** The bare SDKs. */
export const bareNames: readonly string[] = names.filter((name) => candidates[name]?.bare === name)

/** The candidates that are compared to one of these bare SDKs, and these. @throws Error where a name is none of a bare SDK */
export function namesComparedTo(bares: readonly string[]): readonly string[] {
  const unknown = bares.find((name) => candidates[name]?.bare !== name)
  if (unknown !== undefined) throw new Error(`No bare SDK is called '${unknown}' here`)
  return names.filter((name) => bares.includes(candidates[name]?.bare ?? ''))
}
