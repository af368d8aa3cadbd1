import type { ChatRequest } from '../provider/request.ts'
import { strategyDefaults } from './defaults.ts'

/** What requests must have in common to stay on one target. */
export interface AffinityOptions {
  /**
   * The request's `user`, the session that its metadata tells, or how its prompt begins, which is also used where there
   * is no user or session. @default 'user'
   */
  readonly by?: 'user' | 'session' | 'prompt'
  /** Label of the metadata that tells the session. @default 'session' */
  readonly label?: string
  /** Characters that count of the system messages and the first message after them, each. @default 1024 */
  readonly prefixChars?: number
}

/** The same for all turns of a conversation, and another for most other conversations. */
function beginningOf({ messages }: ChatRequest, chars: number): string {
  let beginning = ''
  for (const { role, content } of messages) {
    const texts =
      typeof content === 'string' ? [content] : content.map((part) => (part.type === 'text' ? part.text : ''))
    beginning += `${role} ${texts.join(' ').slice(0, chars)} `
    if (role !== 'system') break
  }
  return beginning
}

/** What the requests that are to stay together have in common. */
export function affinityKey(request: ChatRequest, options: AffinityOptions): string {
  const { by = 'user', label = strategyDefaults.label, prefixChars = strategyDefaults.prefixChars } = options
  const named = by === 'user' ? request.user : by === 'session' ? request.metadata?.[label] : undefined
  return named === undefined ? `prompt ${beginningOf(request, prefixChars)}` : `${by} ${named}`
}
