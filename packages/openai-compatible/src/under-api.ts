import type { Capabilities, ParameterSupport } from '@llmfb/core/provider'
import type { ApiName } from './apis.ts'
import { reasoning, responses, sampling } from './openai-models.ts'

/** What a model of OpenAI can do under the API that is not its own. */
export function underApi(api: ApiName, capabilities: Capabilities): Capabilities {
  const { reasoning: range } = capabilities.parameters
  if (api === 'chat-completions') {
    return {
      ...capabilities,
      reasoning: false,
      parameters: range ? { ...reasoning(), reasoning: range } : sampling,
    }
  }
  const known = Object.keys(capabilities.parameters)
  const taken = Object.entries(responses).filter(([name]) => known.includes(name))
  const parameters: ParameterSupport = { ...Object.fromEntries(taken), ...(range && { reasoning: range }) }
  return { ...capabilities, reasoning: range !== undefined, parameters }
}
