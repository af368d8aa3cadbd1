import type { Warn } from '@llmfb/core/provider'
import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages'

/** Most breakpoints that one request may have; see "Prompt caching" in the service's documentation. */
const mostBreakpoints = 4

interface Marked {
  cache_control?: unknown
  readonly content?: unknown
}

/** Keeps the last four breakpoints, which mark the longest prefixes: the service refuses a request with more. */
export function limitBreakpoints(body: MessageCreateParams, warn: Warn): void {
  const turns = body.messages.map((message) => message.content)
  const marked = [body.tools, body.system, ...turns].flatMap((list) => withBreakpoint(list))
  const excess = marked.slice(0, Math.max(0, marked.length - mostBreakpoints))
  if (excess.length === 0) return
  for (const block of excess) delete block.cache_control
  warn('changed', `Anthropic takes ${mostBreakpoints} cache breakpoints; the first ${excess.length} were left out.`)
}

function withBreakpoint(blocks: unknown): Marked[] {
  if (!Array.isArray(blocks)) return []
  return (blocks as Marked[]).flatMap((block) => [
    ...withBreakpoint(block.content),
    ...(block.cache_control ? [block] : []),
  ])
}
