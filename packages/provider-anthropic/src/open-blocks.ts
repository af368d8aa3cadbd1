import type { RawContentBlockDeltaEvent, RawContentBlockStartEvent } from '@anthropic-ai/sdk/resources/messages'
import type { StreamEvent, Warn } from '@llmfb/core/provider'
import { redactedOpaque, thinkingOpaque } from './opaque.ts'
import { warnOfBlock, warnOfCitations } from './warnings.ts'

type OpenBlock =
  | { readonly type: 'text' }
  | { readonly type: 'thinking'; signature: string }
  | { readonly type: 'redacted'; readonly data: string }
  | {
      readonly type: 'tool'
      readonly index: number
      readonly id: string
      readonly name: string
      readonly input: unknown
      arguments: string
    }
  | { readonly type: 'left-out' }

/** The content blocks of one stream, each between its start and its stop. */
export interface OpenBlocks {
  start(event: RawContentBlockStartEvent): StreamEvent[]
  /** Undefined where no block of that index is open. */
  delta(event: RawContentBlockDeltaEvent): StreamEvent[] | undefined
  stop(index: number): StreamEvent[] | undefined
  /** Closes what the service left open, so that no tool call is lost. */
  stopAll(): StreamEvent[]
}

export function createOpenBlocks(provider: string, warn: Warn): OpenBlocks {
  const blocks = new Map<number, OpenBlock>()
  let toolCalls = 0

  function toolDelta(block: Extract<OpenBlock, { type: 'tool' }>, piece: string): StreamEvent[] {
    block.arguments += piece
    return piece === '' ? [] : [{ type: 'tool-call-delta', index: block.index, id: block.id, arguments: piece }]
  }

  const open: OpenBlocks = {
    start({ index, content_block: block }) {
      switch (block.type) {
        case 'text':
          blocks.set(index, { type: 'text' })
          return block.text ? [{ type: 'text-delta', text: block.text }] : []
        case 'thinking':
          blocks.set(index, { type: 'thinking', signature: block.signature ?? '' })
          return block.thinking ? [{ type: 'reasoning-delta', text: block.thinking }] : []
        case 'redacted_thinking':
          blocks.set(index, { type: 'redacted', data: block.data })
          return []
        case 'tool_use': {
          const { id, name, input } = block
          blocks.set(index, { type: 'tool', index: toolCalls++, id, name, input, arguments: '' })
          return [{ type: 'tool-call-delta', index: toolCalls - 1, id, name, arguments: '' }]
        }
        default:
          blocks.set(index, { type: 'left-out' })
          warnOfBlock(warn, block.type)
          return []
      }
    },

    delta({ index, delta }) {
      const block = blocks.get(index)
      if (!block) return undefined
      if (block.type === 'left-out') return []
      switch (delta.type) {
        case 'text_delta':
          return delta.text ? [{ type: 'text-delta', text: delta.text }] : []
        case 'thinking_delta':
          return delta.thinking ? [{ type: 'reasoning-delta', text: delta.thinking }] : []
        case 'signature_delta':
          if (block.type === 'thinking') block.signature += delta.signature
          return []
        case 'input_json_delta':
          return block.type === 'tool' ? toolDelta(block, delta.partial_json) : []
        case 'citations_delta':
          warnOfCitations(warn)
          return []
        default:
          warnOfBlock(warn, (delta as { type: string }).type)
          return []
      }
    },

    stop(index) {
      const block = blocks.get(index)
      blocks.delete(index)
      switch (block?.type) {
        case undefined:
          return undefined
        case 'thinking':
          if (!block.signature) return []
          return [{ type: 'reasoning-delta', text: '', opaque: thinkingOpaque(provider, block.signature) }]
        case 'redacted':
          return [{ type: 'reasoning-delta', text: '', opaque: redactedOpaque(provider, block.data) }]
        case 'tool': {
          // A call without arguments, or one that came in one piece, has no deltas.
          const events = block.arguments === '' ? toolDelta(block, JSON.stringify(block.input ?? {})) : []
          const { id, name } = block
          return [...events, { type: 'tool-call', index: block.index, id, name, arguments: block.arguments }]
        }
        default:
          return []
      }
    },

    stopAll: () => [...blocks.keys()].flatMap((index) => open.stop(index) ?? []),
  }
  return open
}
