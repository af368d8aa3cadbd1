import type { StreamEvent, ToolCallPart } from '@llmfb/core/provider'
import { readText, toArgumentsText, type WireToolCall } from './wire.ts'

interface OpenCall {
  readonly index: number
  /** The service's own; given one when the call is delivered without. */
  id: string | undefined
  /** Empty until it has come; the call is held back that long. */
  name: string
  arguments: string
}

/** Puts the tool calls of a stream together from their pieces. */
export interface ToolCalls {
  /** The event for a piece; a piece that brings nothing new, or belongs to a call whose name has not come, has none. */
  add(piece: WireToolCall): StreamEvent | undefined
  /** Every call, once all pieces are there; one whose name never came has the name ''. */
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
    return call?.id && id && id !== call.id && piece.function?.name ? undefined : call
  }

  /** The first event of a call, with all that has come before its name. */
  function announce(call: OpenCall): StreamEvent {
    call.id ??= `call_${call.index}`
    return { type: 'tool-call-delta', index: call.index, id: call.id, name: call.name, arguments: call.arguments }
  }

  return {
    add(piece) {
      const text = toArgumentsText(piece.function?.arguments)
      const id = readText(piece.id)
      const name = readText(piece.function?.name) ?? ''
      const open = find(piece)
      if (open === undefined) {
        const index = calls.length
        const call: OpenCall = { index, id, name, arguments: text }
        calls.push(call)
        byWireIndex.set(piece.index ?? index, call)
        return name === '' ? undefined : announce(call)
      }
      open.arguments += text
      if (open.name !== '') {
        const { index, id: known = '' } = open
        return text === '' ? undefined : { type: 'tool-call-delta', index, id: known, arguments: text }
      }
      open.id ??= id
      open.name = name
      return name === '' ? undefined : announce(open)
    },
    complete: () => calls.map((call) => ({ type: 'tool-call', ...call, id: call.id ?? `call_${call.index}` })),
  }
}
