import type { Conversion } from './request-context.ts'
import { isRecord } from './wire.ts'

/** Keeps the last breakpoints, which mark the longest prefixes, where a model takes no more than so many. */
export function limitBreakpoints(body: Readonly<Record<string, unknown>>, conversion: Conversion): void {
  const { capabilities, model, name, warnings } = conversion
  const most = capabilities.cacheBreakpoints
  if (most === undefined || !conversion.dialect.cacheControl) return
  const marked = [...withBreakpoint(body['tools']), ...withBreakpoint(body['messages'])]
  const excess = marked.slice(0, Math.max(0, marked.length - most))
  if (excess.length === 0) return
  for (const part of excess) delete part['cache_control']
  const message = `${name} takes ${most} cache breakpoints for ${model}; the first ${excess.length} were left out.`
  warnings.push({ type: 'changed', parameter: 'cacheBreakpoint', message })
}

function withBreakpoint(list: unknown): Record<string, unknown>[] {
  if (!Array.isArray(list)) return []
  return list
    .filter(isRecord)
    .flatMap((part) => [
      ...withBreakpoint(part['content']),
      ...('cache_control' in part ? [part as Record<string, unknown>] : []),
    ])
}
