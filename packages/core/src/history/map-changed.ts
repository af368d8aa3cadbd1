import type { Message } from '../provider/message.ts'
import type { AssistantPart, ToolResultPart, UserPart } from '../provider/part.ts'

/** Any part of any message. */
export type Part = UserPart | AssistantPart | ToolResultPart

/** What becomes of the items, without those of which nothing does; the very same list where nothing changes. */
export function mapChanged<Item>(
  items: readonly Item[],
  change: (item: Item, index: number) => Item | undefined,
): readonly Item[] {
  let changed: Item[] | undefined
  for (const [index, item] of items.entries()) {
    const next = change(item, index)
    if (next !== item) changed ??= items.slice(0, index)
    if (next !== undefined) changed?.push(next)
  }
  return changed ?? items
}

/** A message with what becomes of its parts: the very same where nothing changes, undefined where nothing is left. */
export function mapParts(
  message: Message,
  change: (part: Part, index: number) => Part | undefined,
): Message | undefined {
  if (typeof message.content === 'string') return message
  const parts: readonly Part[] = message.content
  const content = mapChanged(parts, change)
  if (content === parts) return message
  return content.length === 0 ? undefined : ({ ...message, content } as Message)
}
