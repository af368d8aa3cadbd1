import type { Message } from '../provider/message.ts'
import type { AssistantPart, FilePart, ToolResultPart, UserPart } from '../provider/part.ts'
import type { ChatRequest } from '../provider/request.ts'
import { boundTextTokens, estimateTextTokens } from './estimate-text-tokens.ts'

type CountText = (text: string) => number

/** Around a message, a tool, a call and a result: 3 and the role, as in OpenAI's cookbook on counting tokens. */
const frameTokens = 4

/** A picture of a megapixel: 630 to 770 at OpenAI, 1,100 at Google, 1,400 at Anthropic. */
const imageTokens = 1200

/** A picture that is to be looked at coarsely: OpenAI's price for it; other vendors have none. */
const coarseImageTokens = 85

/** A file whose pages cannot be counted here: a page or two of PDF, 1,500 to 3,000 tokens each at Anthropic. */
const fileTokens = 3000

/**
 * Roughly how many tokens a request's prompt has: texts, reasoning, tools with their schemas, calls, results, and a flat
 * allowance for every picture and file. Nothing is loaded and nothing is asked; its cost is linear in the length of the
 * texts. Prose and code in ASCII are met within some ten percent; JSON comes out up to a half, other scripts up to double
 * too high for the newest vocabularies.
 */
export function estimateTokens(request: ChatRequest): number {
  return count(request, estimateTextTokens)
}

/**
 * No fewer tokens than `estimateTokens` would find, by the lengths of the texts alone: whoever asks only whether a prompt
 * fits can mostly do without reading it.
 */
export function boundTokens(request: ChatRequest): number {
  return count(request, boundTextTokens)
}

function count({ messages, tools, responseFormat }: ChatRequest, countText: CountText): number {
  let tokens = 0
  for (const { content } of messages) tokens += frameTokens + countContent(content, countText)
  for (const { name, description = '', parameters } of tools ?? []) {
    tokens += frameTokens + countText(name) + countText(description) + countText(JSON.stringify(parameters))
  }
  if (responseFormat?.type === 'json-schema') tokens += countText(JSON.stringify(responseFormat.schema))
  return tokens
}

function countContent(content: Message['content'], countText: CountText): number {
  if (typeof content === 'string') return countText(content)
  let tokens = 0
  for (const part of content) tokens += countPart(part, countText)
  return tokens
}

function countPart(part: UserPart | AssistantPart | ToolResultPart, countText: CountText): number {
  switch (part.type) {
    case 'image':
      return part.detail === 'low' ? coarseImageTokens : imageTokens
    case 'file':
      return countFile(part)
    case 'tool-call':
      return frameTokens + countText(part.name) + countText(part.arguments)
    case 'tool-result':
      return frameTokens + countContent(part.content, countText)
    default:
      return countText(part.text)
  }
}

/** A text counts by its bytes, four a token, a third more of them in base64. Anything else is a flat allowance. */
function countFile({ file }: FilePart): number {
  if ('url' in file || !file.mediaType.startsWith('text/')) return fileTokens
  return Math.ceil(file.data.length / (typeof file.data === 'string' ? 16 / 3 : 4))
}
