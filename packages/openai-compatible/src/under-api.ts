import type { Capabilities, ParameterSupport } from '@llmfb/core/provider'
import type { ApiName } from './apis.ts'
import { reasoning, responses, sampling } from './openai-models.ts'

/** What a model of OpenAI can do under the API that is not its own. */
export function underApi(api: ApiName, capabilities: Capabilities): Capabilities {
  const { reasoning: range } = capabilities.parameters
  if (api === 'chat-completions') {
    // What takes breakpoints under the Responses API has no place for them in Chat Completions, as it is written here.
    const { cacheBreakpoints: _limit, ...rest } = capabilities
    return {
      ...rest,
      reasoning: false,
      promptCache: false,
      parameters: range ? { ...reasoning(), reasoning: range } : sampling,
    }
  }
  const known = Object.keys(capabilities.parameters)
  const taken = Object.entries(responses).filter(([name]) => known.includes(name))
  const parameters: ParameterSupport = { ...Object.fromEntries(taken), ...(range && { reasoning: range }) }
  return { ...capabilities, reasoning: range !== undefined, parameters }
}
