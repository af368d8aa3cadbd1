import type { Conversion } from './request-context.ts'
import { isRecord } from './wire.ts'

/** Keeps the last breakpoints, which mark the longest prefixes, where a model takes no more than so many. */
export function limitBreakpoints(body: Readonly<Record<string, unknown>>, conversion: Conversion): void {
  const { capabilities, model, name, warnings } = conversion
  const most = capabilities.cacheBreakpoints
  if (most === undefined) return
  const marked = [body['tools'], body['messages'], body['input']].flatMap(withBreakpoint)
  const excess = marked.slice(0, Math.max(0, marked.length - most))
  if (excess.length === 0) return
  for (const part of excess) for (const field of breakpointFields) delete part[field]
  const message = `${name} takes ${most} cache breakpoints for ${model}; the first ${excess.length} were left out.`
  warnings.push({ type: 'changed', parameter: 'cacheBreakpoint', message })
}

/** Where breakpoints are: in the services that copied Anthropic's words, in OpenAI's own, and in DIAL's. */
const breakpointFields = ['cache_control', 'prompt_cache_breakpoint', 'custom_fields'] as const

function withBreakpoint(list: unknown): Record<string, unknown>[] {
  if (!Array.isArray(list)) return []
  return list
    .filter(isRecord)
    .flatMap((part) => [
      ...withBreakpoint(part['content']),
      ...withBreakpoint(part['output']),
      ...(breakpointFields.some((field) => field in part) ? [part as Record<string, unknown>] : []),
    ])
}
