import type { Media } from '@llmfb/core/provider'
import { Buffer } from 'node:buffer'

/** What an address of an answer leads to. One that holds its content is that content: a history takes no such addresses. */
export function toMedia(url: string): Media {
  const [head, mediaType, base64] = /^data:([^;,]*)(?:;(?!base64,)[^;,]*)*(;base64)?,/i.exec(url) ?? []
  if (head === undefined) return { url }
  const content = url.slice(head.length)
  return { data: base64 ? content : toBase64(content), mediaType: mediaType || 'text/plain' }
}

function toBase64(escaped: string): string {
  try {
    return Buffer.from(decodeURIComponent(escaped)).toString('base64')
  } catch {
    return Buffer.from(escaped).toString('base64')
  }
}
