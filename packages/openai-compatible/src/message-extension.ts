import type { AssistantPart, FilePart, Message, StreamEvent, TextPart } from '@llmfb/core/provider'

/** Fields that messages of a service have beside OpenAI's, such as attachments. */
export interface MessageExtension {
  /** The fields of a message of a history other than a tool's; what they do not say is written as OpenAI has it. */
  write(message: Message, issuer: Issuer): WrittenFields
  /** Reads the fields of one answer. */
  createReader(issuer: Issuer): ExtensionReader
}

/** Who is asked: opaque values of an answer carry it, and go back to nobody else. */
export interface Issuer {
  /** Id of the provider. */
  readonly provider: string
  readonly model: string
}

export interface WrittenFields {
  readonly fields: Readonly<Record<string, unknown>>
  /** Parts that the fields say, and opaque values of parts; nothing else is made of them, and no warning. */
  readonly written: ReadonlySet<object>
}

export interface ExtensionReader {
  /** Takes a message, or the next delta of one. */
  read(message: Readonly<Record<string, unknown>>): void
  /** What they said, once all is there. A first text that is empty but for `opaque` belongs to the text before it. */
  parts(): readonly (TextPart | FilePart)[]
}

const nothing: WrittenFields = { fields: {}, written: new Set() }

/** What the service has of its own for a message; nothing where it has nothing. */
export function writeFields(
  message: Message,
  conversion: Issuer & { readonly dialect: { readonly extension?: MessageExtension } },
): WrittenFields {
  return conversion.dialect.extension?.write(message, conversion) ?? nothing
}

/** The parts of an answer with those of its extension behind them. */
export function appendParts(parts: AssistantPart[], more: readonly (TextPart | FilePart)[]): void {
  for (const part of more) {
    const last = parts.at(-1)
    const closes = part.type === 'text' && part.text === '' && last?.type === 'text' && last.opaque === undefined
    if (closes) parts.splice(-1, 1, { ...last, ...part, text: last.text })
    else parts.push(part)
  }
}

export function toExtensionEvent(part: TextPart | FilePart): StreamEvent {
  return part.type === 'file' ? part : { ...part, type: 'text-delta' }
}
