import type { FilePart, ImagePart, TextPart, UserPart } from '@llmfb/core/provider'
import type OpenAI from 'openai'
import { cannotSend, type Conversion } from './request-context.ts'
import { toBreakpoint } from './to-breakpoint.ts'
import { toMediaUrl } from './to-content-part.ts'

type InputText = OpenAI.Responses.ResponseInputText
type InputImage = OpenAI.Responses.ResponseInputImage
type InputFile = OpenAI.Responses.ResponseInputFile

export function toInputParts(
  parts: readonly UserPart[],
  path: string,
  conversion: Conversion,
): (InputText | InputImage | InputFile)[] {
  return parts.map((part, index) => {
    if (part.type === 'text') return toInputText(part, conversion)
    const partPath = `${path}[${index}]`
    return part.type === 'image' ? toInputImage(part, partPath, conversion) : toInputFile(part, partPath, conversion)
  })
}

function toInputText(part: TextPart, conversion: Conversion): InputText {
  return { type: 'input_text', text: part.text, ...toBreakpoint(part.cacheBreakpoint, conversion) }
}

function toInputImage(part: ImagePart, path: string, conversion: Conversion): InputImage {
  if (!conversion.capabilities.input.includes('image')) throw cannotSend(path, 'the model sees no images', conversion)
  const { image, detail = 'auto', cacheBreakpoint } = part
  return { type: 'input_image', image_url: toMediaUrl(image), detail, ...toBreakpoint(cacheBreakpoint, conversion) }
}

/** Pictures among files go as pictures, everything else as a file. */
function toInputFile(part: FilePart, path: string, conversion: Conversion): InputImage | InputFile {
  const { file, filename, cacheBreakpoint } = part
  const mediaType = 'mediaType' in file ? file.mediaType.toLowerCase() : ''
  if (mediaType.startsWith('image/')) {
    return toInputImage({ type: 'image', image: file, ...(cacheBreakpoint && { cacheBreakpoint }) }, path, conversion)
  }
  if (!conversion.capabilities.input.includes('file')) throw cannotSend(path, 'the model reads no files', conversion)
  if (mediaType.startsWith('audio/')) {
    throw cannotSend(path, 'the Responses API takes no sound; Chat Completions does', conversion)
  }
  const breakpoint = toBreakpoint(cacheBreakpoint, conversion)
  // A name beside an address is refused: the file has one of its own.
  if ('url' in file && !file.url.startsWith('data:')) return { type: 'input_file', file_url: file.url, ...breakpoint }
  const name = filename ?? `file.${mediaType.split('/')[1]?.split(/[;+]/)[0] || 'pdf'}`
  return { type: 'input_file', filename: name, file_data: toMediaUrl(file), ...breakpoint }
}
