import type { CacheBreakpoint } from '../provider/part.ts'
import type { ChatRequest } from '../provider/request.ts'
import { mapChanged, mapParts, type Part } from './map-changed.ts'

/** What of a request a model is to read before it answers. */
export type History = Pick<ChatRequest, 'messages' | 'tools'>

type Visit = <Item>(item: Item & { readonly cacheBreakpoint?: CacheBreakpoint }) => Item

/**
 * Keeps the last so many breakpoints, which end the longest prefixes; the very same arrays where there are no more. No
 * answer changes by it, and so there is no warning.
 */
export function limitBreakpoints(history: History, most: number): History {
  if (most === Infinity) return history
  let excess = -most
  visitMarked(history, (item) => {
    excess++
    return item
  })
  if (excess <= 0) return history
  return visitMarked(history, (item) => {
    if (excess-- <= 0) return item
    const { cacheBreakpoint: _, ...rest } = item
    return rest as typeof item
  })
}

/** Visits what has a breakpoint, in the order in which prompts are built: tools, then messages. */
function visitMarked({ tools, messages }: History, visit: Visit): History {
  const visited: Visit = (item) => (item.cacheBreakpoint === undefined ? item : visit(item))
  return {
    ...(tools && { tools: mapChanged(tools, visited) }),
    messages: mapChanged(messages, (message) =>
      mapParts(message, (part) => {
        if (part.type !== 'tool-result' || typeof part.content === 'string') return visited<Part>(part)
        const content = mapChanged(part.content, visited)
        return visited<Part>(content === part.content ? part : { ...part, content })
      }),
    ),
  }
}
