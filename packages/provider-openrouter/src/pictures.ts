import type { FilePart } from '@llmfb/core/provider'
import { type MessageExtension, toMedia } from '@llmfb/openai-compatible'

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
          if (typeof url === 'string' && url !== '') files.push({ type: 'file', file: toMedia(url) })
        }
      },
      parts: () => files,
    }
  },
}

interface Image {
  readonly image_url?: { readonly url?: unknown } | null
}
