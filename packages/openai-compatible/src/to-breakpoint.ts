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

/** The end of a prompt prefix as DIAL marks it. */
interface CustomFields {
  readonly custom_fields?: { readonly cache_breakpoint: { readonly ttl?: '5m' | '1h' } }
}

/** What a part has more for a breakpoint: nothing where the model has none, or the service marks no parts. */
export function toPartBreakpoint(
  breakpoint: CacheBreakpoint | undefined,
  conversion: Conversion,
): CacheControl | WireBreakpoint {
  if (!marksPart(breakpoint, conversion)) return {}
  if (conversion.dialect.cacheBreakpoints === 'prompt_cache_breakpoint') return toBreakpoint(breakpoint, conversion)
  return { cache_control: { type: 'ephemeral', ...ttlOf(breakpoint) } }
}

/** Whether `toPartBreakpoint` marks a part. */
export function marksPart(breakpoint: CacheBreakpoint | undefined, { capabilities, dialect }: Conversion): boolean {
  const { cacheBreakpoints: form } = dialect
  return breakpoint !== undefined && capabilities.promptCache && form !== undefined && form !== 'custom_fields'
}

/** What a tool has more for a breakpoint. */
export function toToolBreakpoint(
  breakpoint: CacheBreakpoint | undefined,
  conversion: Conversion,
): CacheControl | CustomFields {
  if (conversion.dialect.cacheBreakpoints === 'prompt_cache_breakpoint') return {}
  if (marksPart(breakpoint, conversion)) return { cache_control: { type: 'ephemeral', ...ttlOf(breakpoint) } }
  return toMessageBreakpoint([breakpoint], conversion)
}

/** What a message has more for the last breakpoint within it. */
export function toMessageBreakpoint(
  breakpoints: readonly (CacheBreakpoint | undefined)[],
  { capabilities, dialect }: Conversion,
): CustomFields {
  if (dialect.cacheBreakpoints !== 'custom_fields' || !capabilities.promptCache) return {}
  const breakpoint = breakpoints.findLast((one) => one !== undefined)
  return breakpoint === undefined ? {} : { custom_fields: { cache_breakpoint: ttlOf(breakpoint) } }
}

function ttlOf(breakpoint: CacheBreakpoint | undefined): CacheBreakpoint {
  return breakpoint?.ttl === undefined ? {} : { ttl: breakpoint.ttl }
}

/** OpenAI keeps a prefix for 30 minutes or 12 hours: the shortest that is at least as long as what was asked for. */
export function toBreakpoint(breakpoint: CacheBreakpoint | undefined, { capabilities }: Conversion): WireBreakpoint {
  if (breakpoint === undefined || !capabilities.promptCache) return {}
  const { ttl } = breakpoint
  return {
    prompt_cache_breakpoint: { mode: 'explicit', ...(ttl !== undefined && { ttl: ttl === '5m' ? '30m' : '12h' }) },
  }
}
