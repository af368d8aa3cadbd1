import type { ChatRequest, Media } from '@llmfb/core/provider'
import type { ApiName } from './apis.ts'

/** The APIs that a service can be asked under; what the option `api` of a provider can be. */
export const apiNames: readonly ApiName[] = ['chat-completions', 'responses']

/**
 * Models of OpenAI that are asked under the Responses API unless a caller says otherwise: those that have no other, and
 * those that call tools and reason in no other. Chat Completions answers `tools` with a 400 for all from gpt-5.4 on unless
 * their effort is `none` (seen since March 2026: "Function tools with reasoning_effort are not supported").
 */
const responsesModels: readonly string[] = [
  'gpt-5*-pro*',
  'gpt-6*-pro*',
  'o1-pro*',
  'o3-pro*',
  'gpt-5*-codex*',
  'codex-*',
  'o3-deep-research*',
  'o4-mini-deep-research*',
  'computer-use-preview*',
  'gpt-5.4*',
  'gpt-5.5*',
  'gpt-5.6*',
  'gpt-5.7*',
  'gpt-5.8*',
  'gpt-5.9*',
  'gpt-6*',
]

/** One of them, or a model that was fine-tuned from it. */
const responsesModel: RegExp = new RegExp(
  `^(?:ft:)?(?:${responsesModels.join('|').replaceAll('.', '\\.').replaceAll('*', '.*')})$`,
)

/** The API under which a model of OpenAI is asked, unless a request needs the other. */
export function apiOf(model: string): ApiName {
  return responsesModel.test(model) ? 'responses' : 'chat-completions'
}

/**
 * The API for one request to a model of OpenAI: the model's, or the Responses API for what there are no words for in Chat
 * Completions.
 *
 * @param provider id of the provider, whose own items go back under the Responses API
 * @param model what is asked, where the request has another name for it
 */
export function chooseApi(request: ChatRequest, provider: string, model: string = request.model): ApiName {
  return needsResponses(request, provider) || mustNotReason(request, model) ? 'responses' : apiOf(model)
}

/**
 * Whether Chat Completions takes the tools of a request only where the model is told not to reason. Between gpt-5.1 and
 * gpt-5.4 it refuses them with an effort alone, and from there on without one too (seen in March and September 2026).
 */
export function mustNotReason({ model: asked, tools, reasoning }: ChatRequest, model: string = asked): boolean {
  if (!tools?.length || reasoning?.effort === 'none') return false
  return apiOf(model) === 'responses' || (reasoning?.effort !== undefined && /^(?:ft:)?gpt-5\.[23]/.test(model))
}

/**
 * Whether it holds items that the Responses API issued, files by their address, bytes of files that are no PDF, or pictures
 * that a tool answered.
 */
export function needsResponses({ messages }: ChatRequest, provider: string): boolean {
  return messages.some(({ role, content }) => {
    if (typeof content === 'string') return false
    if (role === 'assistant') return content.some((part) => 'opaque' in part && part.opaque?.issuer === provider)
    if (role === 'user') return content.some((part) => part.type === 'file' && !isTakenByChat(part.file))
    if (role !== 'tool') return false
    return content.some((result) => {
      return typeof result.content !== 'string' && result.content.some(({ type }) => type === 'image')
    })
  })
}

/** Chat Completions takes PDF, pictures and sound, all by their bytes (OpenAI's guide on file inputs). */
function isTakenByChat(file: Media): boolean {
  const mediaType = 'url' in file ? /^data:([^;,]+)/.exec(file.url)?.[1] : file.mediaType
  return mediaType !== undefined && /^(?:application\/pdf|image\/|audio\/)/i.test(mediaType)
}
