import type { JsonObject, JsonValue, TextPart } from '@llmfb/core/provider'
import type { ExtensionReader, Issuer } from '@llmfb/openai-compatible'
import { toFilePart } from './attachment.ts'
import { isFields, mergeChunks } from './merge-chunks.ts'

/** What of `custom_content` goes back to the deployment that it came from. */
export interface CustomContent {
  readonly attachments?: readonly JsonObject[]
  readonly state?: JsonValue
}

/** Reads attachments, which become files, and keeps them for the way back, with the state. */
export function createReader({ provider, model }: Issuer, host: string): ExtensionReader {
  let attachments: unknown
  let state: unknown
  return {
    read(message) {
      const content = message['custom_content']
      if (!isFields(content)) return
      attachments = mergeChunks(attachments, content['attachments'])
      state = mergeChunks(state, content['state'])
    },
    parts() {
      const listed = Array.isArray(attachments) ? attachments.filter(isFields).map(withoutIndex) : []
      const data = {
        ...(listed.length > 0 && { attachments: listed }),
        ...(state !== undefined && state !== null && { state: state as JsonValue }),
      }
      if (Object.keys(data).length === 0) return []
      const own: TextPart = { type: 'text', text: '', opaque: { issuer: provider, model, data } }
      const files = listed.map((attachment) => toFilePart(attachment, host))
      return [own, ...files.filter((part) => part !== undefined)]
    },
  }
}

/** Where it stands in a stream's list, and nothing of the attachment itself. */
function withoutIndex(attachment: Readonly<Record<string, unknown>>): JsonObject {
  const { index: _, ...rest } = attachment
  return rest as JsonObject
}
