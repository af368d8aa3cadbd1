import type { Capabilities, ChatRequest } from '@llmfb/core/provider'
import type { ApiName } from '@llmfb/openai-compatible'
import { needsResponses } from '@llmfb/openai-compatible/models'

/**
 * The API under which a model is asked, unless a request needs the other. xAI calls Chat Completions deprecated: of the
 * models that reason it shows there nothing and takes nothing back, and some it does not serve there at all. Those that do
 * not reason take stop words and a seed there alone.
 */
export function apiOf(model: string): ApiName {
  return model.includes('non-reasoning') ? 'chat-completions' : 'responses'
}

/** The API for one request: the model's, or the Responses API for what there are no words for in Chat Completions. */
export function chooseApi(request: ChatRequest, provider: string): ApiName {
  return needsResponses(request, provider) ? 'responses' : apiOf(request.model)
}

/** What a model can do under the API that is not its own. */
export function underApi(api: ApiName, capabilities: Capabilities): Capabilities {
  const { stop: _stop, seed: _seed, ...shared } = capabilities.parameters
  if (api === 'responses') return { ...capabilities, parameters: shared }
  return { ...capabilities, reasoning: false, parameters: { ...shared, seed: { type: 'integer' } } }
}
