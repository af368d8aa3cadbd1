import type { CacheBreakpoint } from '@llmfb/core/provider'
import type { Conversion } from './request-context.ts'

/** The end of a prompt prefix as Anthropic marks it, which other services copied. */
interface CacheControl {
  readonly cache_control?: { readonly type: 'ephemeral'; readonly ttl?: '5m' | '1h' }
}

/** The end of a prompt prefix as OpenAI marks it. */
interface WireBreakpoint {
  readonly prompt_cache_breakpoint?: { readonly mode: 'explicit'; readonly ttl?: '30m' | '12h' }
}

/** What a part of a message has more for a breakpoint: nothing where the model, or the service, has none. */
export function toPartBreakpoint(
  breakpoint: CacheBreakpoint | undefined,
  conversion: Conversion,
): CacheControl | WireBreakpoint {
  if (conversion.dialect.cacheBreakpoints === 'prompt_cache_breakpoint') return toBreakpoint(breakpoint, conversion)
  return toCacheControl(breakpoint, conversion)
}

/** Whether `toPartBreakpoint` would mark a part. */
export function isMarked(breakpoint: CacheBreakpoint | undefined, { capabilities, dialect }: Conversion): boolean {
  return breakpoint !== undefined && capabilities.promptCache && dialect.cacheBreakpoints !== undefined
}

export function toCacheControl(breakpoint: CacheBreakpoint | undefined, conversion: Conversion): CacheControl {
  if (!isMarked(breakpoint, conversion) || conversion.dialect.cacheBreakpoints !== 'cache_control') return {}
  return { cache_control: { type: 'ephemeral', ...(breakpoint?.ttl !== undefined && { ttl: breakpoint.ttl }) } }
}

/** OpenAI keeps a prefix for 30 minutes or 12 hours: the shortest that is at least as long as what was asked for. */
export function toBreakpoint(breakpoint: CacheBreakpoint | undefined, { capabilities }: Conversion): WireBreakpoint {
  if (breakpoint === undefined || !capabilities.promptCache) return {}
  const { ttl } = breakpoint
  return {
    prompt_cache_breakpoint: { mode: 'explicit', ...(ttl !== undefined && { ttl: ttl === '5m' ? '30m' : '12h' }) },
  }
}
