import type { FilePart } from '@llmfb/core/provider'
import type { MessageExtension } from '@llmfb/openai-compatible'

/** Pictures that a model made stand in `images` of its message. There is no documented way for them to go back. */
export const pictures: MessageExtension = {
  write: () => ({ fields: {}, written: new Set() }),
  createReader() {
    const files: FilePart[] = []
    return {
      read({ images }) {
        if (!Array.isArray(images)) return
        for (const image of images as readonly (Image | null)[]) {
          const url = image?.image_url?.url
          if (typeof url === 'string' && url !== '') files.push(toFilePart(url))
        }
      },
      parts: () => files,
    }
  },
}

interface Image {
  readonly image_url?: { readonly url?: unknown } | null
}

function toFilePart(url: string): FilePart {
  const [head, mediaType] = /^data:([^;,]+);base64,/.exec(url) ?? []
  const file = head === undefined || mediaType === undefined ? { url } : { mediaType, data: url.slice(head.length) }
  return { type: 'file', file }
}
