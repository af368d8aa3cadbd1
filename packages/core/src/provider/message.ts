import type { AssistantPart, TextPart, ToolResultPart, UserPart } from './part.ts'

export interface SystemMessage {
  readonly role: 'system'
  readonly content: string | readonly TextPart[]
}

export interface UserMessage {
  readonly role: 'user'
  readonly content: string | readonly UserPart[]
}

/** A turn of the model. `{ role: 'assistant', content: response.content }` puts an answer back into the history. */
export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content: string | readonly AssistantPart[]
}

export interface ToolMessage {
  readonly role: 'tool'
  readonly content: readonly ToolResultPart[]
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage
