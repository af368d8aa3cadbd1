import type { StreamEvent, ToolCallPart } from '@llmfb/core/provider'
import { readText, toArgumentsText, type WireToolCall } from './wire.ts'

interface OpenCall {
  readonly index: number
  readonly id: string
  readonly name: string
  arguments: string
}

/** Puts the tool calls of a stream together from their pieces. */
export interface ToolCalls {
  readonly count: number
  /** The event for a piece; a piece that brings nothing new has none. */
  add(piece: WireToolCall): StreamEvent | undefined
  /** Every call, once all pieces are there. */
  complete(): (ToolCallPart & { readonly index: number })[]
}

export function createToolCalls(): ToolCalls {
  const calls: OpenCall[] = []
  /** Which call the service means by its own index. */
  const byWireIndex = new Map<number, OpenCall>()

  function find(piece: WireToolCall): OpenCall | undefined {
    const { id } = piece
    if (piece.index === undefined || piece.index === null) {
      return id ? calls.find((call) => call.id === id) : calls[calls.length - 1]
    }
    const call = byWireIndex.get(piece.index)
    // Some services give all parallel calls the index 0: another id together with a name is another call.
    return call && id && id !== call.id && piece.function?.name ? undefined : call
  }

  return {
    get count() {
      return calls.length
    },
    add(piece) {
      const text = toArgumentsText(piece.function?.arguments)
      const open = find(piece)
      if (open !== undefined) {
        if (text === '') return undefined
        open.arguments += text
        return { type: 'tool-call-delta', index: open.index, id: open.id, arguments: text }
      }
      const index = calls.length
      const call = {
        index,
        id: readText(piece.id) ?? `call_${index}`,
        name: readText(piece.function?.name) ?? '',
        arguments: text,
      }
      calls.push(call)
      byWireIndex.set(piece.index ?? index, call)
      return { type: 'tool-call-delta', index, id: call.id, name: call.name, arguments: text }
    },
    complete: () => calls.map((call) => ({ type: 'tool-call', ...call })),
  }
}
