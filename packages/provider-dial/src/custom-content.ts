import type { AssistantPart, FilePart, ImagePart, JsonValue, Opaque, UserPart } from '@llmfb/core/provider'
import type { Issuer, MessageExtension, WrittenFields } from '@llmfb/openai-compatible'
import { type Attachment, toAttachment, toFilePart } from './attachment.ts'
import { isFields } from './merge-chunks.ts'
import { createReader, type CustomContent } from './read-custom-content.ts'
import { toPath } from './storage.ts'

/**
 * What DIAL has in messages beside text and pictures: files are attachments, and a deployment's `state` comes back to it
 * with the history. Stages, which show what an application did, are left to DIAL's own chat.
 *
 * @param host where DIAL is, in whose storage files may lie
 */
export function createCustomContent(host: string): MessageExtension {
  /** Pictures stand among the texts, except those that only DIAL can find. */
  function isAttached(part: UserPart): part is FilePart | ImagePart {
    if (part.type === 'text') return false
    if (part.type === 'image') return 'url' in part.image && toPath(part.image.url, host) !== undefined
    return 'url' in part.file || !part.file.mediaType.toLowerCase().startsWith('image/')
  }

  function write(files: readonly (FilePart | ImagePart)[], own: CustomContent = {}): WrittenFields {
    const added = files.map((file) => toAttachment(file, host))
    const attachments: readonly (JsonValue | Attachment)[] = [...(own.attachments ?? []), ...added]
    const content = { ...own, ...(attachments.length > 0 && { attachments }) }
    return {
      fields: Object.keys(content).length === 0 ? {} : { custom_content: content },
      written: new Set(files),
    }
  }

  /** What an answer came with goes back as it came; a file that stands beside it is added, unless it is of it. */
  function writeAnswer(parts: readonly AssistantPart[], issuer: Issuer): WrittenFields {
    const opaque = parts.map((part) => ('opaque' in part ? part.opaque : undefined)).find((one) => isOwn(one, issuer))
    const own = opaque?.data as CustomContent | undefined
    const known = new Set((own?.attachments ?? []).map((attachment) => keyOf(toFilePart(attachment, host))))
    const files = parts.filter((part) => part.type === 'file')
    const added = files.filter((file) => !known.has(keyOf(file)))
    return { fields: write(added, own).fields, written: new Set([...files, ...(opaque ? [opaque] : [])]) }
  }

  return {
    write({ role, content }, issuer) {
      if (typeof content === 'string' || role === 'system' || role === 'tool') return write([])
      return role === 'user' ? write(content.filter(isAttached)) : writeAnswer(content, issuer)
    },
    createReader: (issuer) => createReader(issuer, host),
  }
}

function isOwn(opaque: Opaque | undefined, { provider, model }: Issuer): boolean {
  return opaque?.issuer === provider && (opaque.model ?? model) === model && isFields(opaque.data)
}

function keyOf(part: FilePart | undefined): string {
  if (part === undefined) return ''
  const { filename, file } = part
  return JSON.stringify('url' in file ? [filename, file.url] : [filename, file.mediaType, file.data])
}
