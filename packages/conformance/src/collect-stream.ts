import type { AssistantPart, ChatResponse, FinishEvent, StreamEvent, Usage } from '@llmfb/core'
import { ok, strictEqual } from 'node:assert/strict'

/** Folds a stream into the response that the call would have had without streaming, and holds it to the contract. */
export async function collectStream(events: AsyncIterable<StreamEvent>): Promise<ChatResponse> {
  const content: AssistantPart[] = []
  const pieces = new Map<number, string>()
  let usage: Usage | undefined
  let finish: FinishEvent | undefined
  for await (const event of events) {
    ok(finish === undefined, `the stream goes on after 'finish', with '${event.type}'`)
    switch (event.type) {
      case 'text-delta':
        append(content, 'text', event)
        break
      case 'reasoning-delta':
        append(content, 'reasoning', event)
        break
      case 'tool-call-delta':
        pieces.set(event.index, (pieces.get(event.index) ?? '') + event.arguments)
        break
      case 'tool-call': {
        const { index, ...call } = event
        const streamed = pieces.get(index)
        if (streamed !== undefined) strictEqual(call.arguments, streamed, `the deltas of tool call ${index} differ from it`)
        pieces.delete(index)
        content.push(call)
        break
      }
      case 'file':
        content.push(event)
        break
      case 'usage':
        usage = event.usage
        break
      case 'finish':
        finish = event
    }
  }
  ok(finish, `the stream ended without 'finish' and without an error`)
  strictEqual(pieces.size, 0, `a tool call has deltas and no 'tool-call'`)
  const { type: _, ...rest } = finish
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const known = rest.usage ?? usage
  return { ...rest, ...(known && { usage: known }), text, content }
}

/** Continues the last part, unless it is of another type or closed by an opaque block. */
function append(
  content: AssistantPart[],
  type: 'text' | 'reasoning',
  delta: Omit<Extract<StreamEvent, { type: 'text-delta' | 'reasoning-delta' }>, 'type'>,
): void {
  const last = content.at(-1)
  const opaque = delta.opaque && { opaque: delta.opaque }
  if (last?.type === type && last.opaque === undefined) {
    content[content.length - 1] = { ...last, text: last.text + delta.text, ...opaque }
  } else {
    content.push({ type, text: delta.text, ...opaque })
  }
}
