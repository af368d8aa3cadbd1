import type { CachePointBlock, ContentBlock, SystemContentBlock, Tool } from '@aws-sdk/client-bedrock-runtime'
import type { CacheBreakpoint, Capabilities, Warn } from '@llmfb/core/provider'
import { cachesForAnHour } from './model-traits.ts'

type Marked = { readonly cachePoint: CachePointBlock }

/** Makes the block that marks the end of a prefix; none where the model has no prompt cache, which changes no answer. */
export type ToCachePoint = (breakpoint: CacheBreakpoint | undefined, path: string) => Marked[]

export function createCachePoints(model: string, capabilities: Capabilities, warn: Warn): ToCachePoint {
  return (breakpoint, path) => {
    if (!breakpoint || !capabilities.promptCache) return []
    if (breakpoint.ttl !== '1h') return [{ cachePoint: { type: 'default' } }]
    if (cachesForAnHour(model)) return [{ cachePoint: { type: 'default', ttl: '1h' } }]
    warn('changed', `${model} at Amazon Bedrock caches for 5 minutes only.`, `${path}.cacheBreakpoint.ttl`)
    return [{ cachePoint: { type: 'default' } }]
  }
}

interface Prompt {
  readonly tools: Tool[]
  readonly system: SystemContentBlock[]
  readonly messages: readonly { readonly content: ContentBlock[] }[]
}

/** Keeps the last cache points, which mark the longest prefixes: the service refuses a request with more than `most`. */
export function limitCachePoints(prompt: Prompt, most: number | undefined, warn: Warn): void {
  const lists: object[][] = [prompt.tools, prompt.system, ...prompt.messages.map(({ content }) => content)]
  const all = lists.flatMap((list) => list.filter(isCachePoint))
  const excess = new Set(all.slice(0, Math.max(0, all.length - (most ?? all.length))))
  if (excess.size === 0) return
  for (const list of lists) list.splice(0, list.length, ...list.filter((block) => !excess.has(block)))
  warn('changed', `Amazon Bedrock takes ${most} cache points; the first ${excess.size} were left out.`)
}

/** Whether `block` marks the end of a prefix. */
export function isCachePoint(block: object): boolean {
  return 'cachePoint' in block && block.cachePoint !== undefined
}
