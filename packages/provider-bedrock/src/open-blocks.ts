import type { StreamEvent, Warn } from '@llmfb/core/provider'
import { redactedOpaque, serverToolOpaque, signatureOpaque, type Issuer } from './opaque.ts'
import type { BlockDelta, BlockStart } from './stream-event.ts'
import { warnOfBlock, warnOfCitations, warnOfServerTool } from './warnings.ts'

interface Reasoning {
  readonly type: 'reasoning'
  signature: string
  readonly redacted: Uint8Array[]
}

type OpenBlock =
  | { readonly type: 'text' }
  | Reasoning
  | {
      readonly type: 'tool'
      readonly index: number
      readonly id: string
      readonly name: string
      readonly byServer: boolean
      arguments: string
    }
  | { readonly type: 'image'; readonly mediaType: string; readonly bytes: Uint8Array[] }
  | { readonly type: 'left-out' }

/** The content blocks of one stream, each between its first event and its stop. */
export interface OpenBlocks {
  start(event: BlockStart): StreamEvent[]
  /** Undefined where the block is one that this delta cannot be of. */
  delta(event: BlockDelta): StreamEvent[] | undefined
  stop(index: number): StreamEvent[]
  /** Closes what the service left open, so that no tool call is lost. */
  stopAll(): StreamEvent[]
}

export function createOpenBlocks(issuer: Issuer, warn: Warn): OpenBlocks {
  const blocks = new Map<number, OpenBlock>()
  let toolCalls = 0

  function leaveOut(index: number, type: string): StreamEvent[] {
    blocks.set(index, { type: 'left-out' })
    warnOfBlock(warn, type)
    return []
  }

  /** Text and reasoning begin without a start. Undefined where another kind of block is open. */
  function opened<Block extends OpenBlock>(index: number, made: Block): Block | undefined {
    const block = blocks.get(index)
    if (!block) blocks.set(index, made)
    else if (block.type !== made.type) return undefined
    return (block ?? made) as Block
  }

  const open: OpenBlocks = {
    start({ contentBlockIndex: index, start }) {
      if (start?.toolUse) {
        const { toolUseId: id, name, type } = start.toolUse
        const byServer = type === 'server_tool_use'
        if (byServer) warnOfServerTool(warn, name)
        blocks.set(index, { type: 'tool', index: toolCalls++, id, name, byServer, arguments: '' })
        return [{ type: 'tool-call-delta', index: toolCalls - 1, id, name, arguments: '' }]
      }
      if (start?.image) {
        blocks.set(index, { type: 'image', mediaType: `image/${start.image.format}`, bytes: [] })
        return []
      }
      const kind = kindOf(start)
      // The service starts tools and pictures only; fronts of it also announce what opens with its first delta.
      return opensWithDelta.has(kind) ? [] : leaveOut(index, kind)
    },

    delta({ contentBlockIndex: index, delta }) {
      const block = blocks.get(index)
      if (block?.type === 'left-out') return []
      if (delta.text !== undefined) {
        if (!opened(index, { type: 'text' })) return undefined
        return delta.text === '' ? [] : [{ type: 'text-delta', text: delta.text }]
      }
      if (delta.reasoningContent) {
        const { text, signature, redactedContent } = delta.reasoningContent
        const reasoning = opened<Reasoning>(index, { type: 'reasoning', signature: '', redacted: [] })
        if (!reasoning) return undefined
        if (signature !== undefined) reasoning.signature += signature
        if (redactedContent !== undefined) reasoning.redacted.push(Buffer.from(redactedContent, 'base64'))
        return text ? [{ type: 'reasoning-delta', text }] : []
      }
      if (delta.toolUse) {
        if (block?.type !== 'tool') return undefined
        const piece = delta.toolUse.input ?? ''
        block.arguments += piece
        return piece === '' ? [] : [{ type: 'tool-call-delta', index: block.index, id: block.id, arguments: piece }]
      }
      if (delta.image) {
        if (block?.type !== 'image') return undefined
        const { bytes } = delta.image.source ?? {}
        if (typeof bytes === 'string') block.bytes.push(Buffer.from(bytes, 'base64'))
        return []
      }
      if (delta.citation) {
        warnOfCitations(warn)
        return []
      }
      if (block) {
        warnOfBlock(warn, kindOf(delta))
        return []
      }
      return leaveOut(index, kindOf(delta))
    },

    stop(index) {
      const block = blocks.get(index)
      blocks.delete(index)
      switch (block?.type) {
        case 'reasoning': {
          if (block.redacted.length > 0) {
            const opaque = redactedOpaque(issuer, Buffer.concat(block.redacted))
            return [{ type: 'reasoning-delta', text: '', opaque }]
          }
          if (!block.signature) return []
          return [{ type: 'reasoning-delta', text: '', opaque: signatureOpaque(issuer, block.signature) }]
        }
        case 'tool': {
          const { id, name } = block
          const told: StreamEvent[] = []
          // A call without arguments has no deltas.
          if (block.arguments === '') {
            block.arguments = '{}'
            told.push({ type: 'tool-call-delta', index: block.index, id, arguments: '{}' })
          }
          const opaque = block.byServer ? { opaque: serverToolOpaque(issuer) } : {}
          return [...told, { type: 'tool-call', index: block.index, id, name, arguments: block.arguments, ...opaque }]
        }
        case 'image': {
          const { mediaType } = block
          return [{ type: 'file', file: { data: new Uint8Array(Buffer.concat(block.bytes)), mediaType } }]
        }
        default:
          return []
      }
    },

    stopAll: () => [...blocks.keys()].flatMap((index) => open.stop(index)),
  }
  return open
}

const opensWithDelta: ReadonlySet<string> = new Set(['text', 'reasoningContent', 'nothing'])

/** The name of the one field that a union has. */
function kindOf(union: object | undefined): string {
  return Object.keys(union ?? {})[0] ?? 'nothing'
}
