import type { AssistantPart, JsonObject, Opaque, ReasoningPart, StreamEvent } from '@llmfb/core/provider'
import type { Issuer } from './message-extension.ts'
import { isRecord } from './wire.ts'

/**
 * A piece of reasoning as OpenRouter has it: `reasoning.text` with the signature where a service signs it,
 * `reasoning.summary`, `reasoning.encrypted`, or a kind that is newer than this. It goes back as it came.
 */
type Detail = JsonObject & { readonly type: string }

/** The details of a message, one part each; none where it has no such field. */
export function readReasoningDetails(value: unknown, issuer: Issuer): ReasoningPart[] {
  return toDetails(value).map((detail) => ({
    type: 'reasoning',
    text: textOf(detail),
    opaque: toOpaque(detail, issuer),
  }))
}

/** Joins the details of a stream, which come in pieces. */
export interface ReasoningDetailsReader {
  /** Takes what a delta has of them. `true` where that was text, which the delta then has a second time elsewhere. */
  read(value: unknown, events: StreamEvent[]): boolean
  /** Something else comes, or nothing more: what has come so far is a part. */
  close(events: StreamEvent[]): void
}

export function createReasoningDetailsReader(issuer: Issuer): ReasoningDetailsReader {
  let detail: Detail | undefined
  let isOpen = false

  function close(events: StreamEvent[]): void {
    if (!isOpen || detail === undefined) return
    isOpen = false
    events.push({ type: 'reasoning-delta', text: '', opaque: toOpaque(detail, issuer) })
  }

  return {
    read(value, events) {
      let hasText = false
      for (const piece of toDetails(value)) {
        if (detail !== undefined && continues(detail, piece)) detail = join(detail, piece)
        else {
          close(events)
          detail = piece
        }
        isOpen = true
        const text = textOf(piece)
        if (text === '') continue
        hasText = true
        events.push({ type: 'reasoning-delta', text })
      }
      return hasText
    },
    close,
  }
}

/**
 * The details that `parts` came from, in their order. What of a detail came when the answer had begun made a part of its
 * own, which holds the whole of it: it takes the place of the one before.
 */
export function toReasoningDetails(parts: readonly AssistantPart[], issuer: Issuer): readonly JsonObject[] {
  const details: Detail[] = []
  for (const part of parts) {
    const detail = toReasoningDetail(part, issuer)
    if (detail === undefined) continue
    const last = details.at(-1)
    const isLate = part.type === 'reasoning' && part.text !== textOf(detail)
    if (isLate && last !== undefined && continues(last, detail)) details.pop()
    details.push(detail)
  }
  return details
}

/** The detail that `part` came from, or undefined where `issuer` made none such. */
export function toReasoningDetail(part: AssistantPart, { provider, model }: Issuer): Detail | undefined {
  const opaque = part.type === 'reasoning' ? part.opaque : undefined
  if (opaque?.issuer !== provider || (opaque.model ?? model) !== model) return undefined
  return isDetail(opaque.data) ? opaque.data : undefined
}

function toOpaque(detail: Detail, { provider, model }: Issuer): Opaque {
  return { issuer: provider, model, data: detail }
}

function toDetails(value: unknown): Detail[] {
  return Array.isArray(value) ? value.filter(isDetail) : []
}

function isDetail(value: unknown): value is Detail {
  return isRecord(value) && typeof value['type'] === 'string'
}

/** Where a kind has its text; the others have none that could be read, or come in pieces. */
const textFields: ReadonlyMap<string, string> = new Map([
  ['reasoning.text', 'text'],
  ['reasoning.summary', 'summary'],
])

function textOf(detail: Detail): string {
  const text = detail[textFields.get(detail.type) ?? '']
  return typeof text === 'string' ? text : ''
}

function isSigned(detail: Detail): boolean {
  return typeof detail['signature'] === 'string' && detail['signature'] !== ''
}

/** Pieces of one detail share kind, index and id. A signature ends it. */
function continues(detail: Detail, piece: Detail): boolean {
  return (
    textFields.has(piece.type) &&
    piece.type === detail.type &&
    (piece['index'] ?? 0) === (detail['index'] ?? 0) &&
    (piece['id'] ?? detail['id']) === (detail['id'] ?? piece['id']) &&
    !isSigned(detail)
  )
}

function join(detail: Detail, piece: Detail): Detail {
  const told = Object.entries(piece).filter(([, value]) => value !== null)
  const field = textFields.get(piece.type) ?? ''
  return { ...detail, ...Object.fromEntries(told), type: detail.type, [field]: textOf(detail) + textOf(piece) }
}
