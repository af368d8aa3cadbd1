import { type Asked, chatCompletions, type WireDialect } from '@llmfb/conformance'
import type { ChatRequest, FilePart, Message } from '@llmfb/core/provider'

const standard = chatCompletions()

interface Body {
  readonly messages: readonly { readonly custom_content?: { readonly attachments?: readonly Attachment[] } }[]
}

interface Attachment {
  readonly type?: string
  readonly title?: string
  readonly data?: string
  readonly url?: string
}

interface Tokenized {
  readonly inputs: readonly [{ readonly value: unknown }]
}

/** As DIAL speaks: files are attachments, and tokens are counted of what would be asked. */
export const dialWords: WireDialect = {
  ...standard,
  basePath: '',
  readRequest(request): Asked {
    if (request.path.endsWith('/tokenize')) {
      const { inputs } = request.body as Tokenized
      const asked = standard.readRequest({ ...request, path: '/chat/completions', body: inputs[0].value })
      return asked.type === 'chat' ? { ...asked, type: 'tokens' } : asked
    }
    const asked = standard.readRequest(request)
    return asked.type === 'chat' ? { ...asked, request: withFiles(asked.request, request.body as Body) } : asked
  },
  facets: {
    ...standard.facets,
    tokens: (count) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ outputs: [{ status: 'success', token_count: count }] }),
    }),
  },
}

function withFiles(request: ChatRequest, { messages }: Body): ChatRequest {
  return { ...request, messages: request.messages.map((message, at) => addFiles(message, messages[at] ?? {})) }
}

function addFiles(message: Message, { custom_content: custom }: Body['messages'][number]): Message {
  const files = (custom?.attachments ?? []).map(toFile)
  if (message.role !== 'user' || files.length === 0) return message
  const { content } = message
  return { ...message, content: [...(typeof content === 'string' ? [] : content), ...files] }
}

function toFile({ type = '', title, data, url }: Attachment): FilePart {
  const file = url === undefined ? { data: data ?? '', mediaType: type } : { url }
  return { type: 'file', file, ...(title !== undefined && { filename: title }) }
}
