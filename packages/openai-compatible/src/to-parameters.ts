import { supportedEffort } from '@llmfb/core/provider'
import type { ChatRequest, ParameterName, Warn } from '@llmfb/core/provider'
import type { Conversion } from './request-context.ts'

/** Parameters that need no more than a name. `maxTokens` has its name from the dialect. */
const fields: readonly (readonly [ParameterName, string])[] = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['maxTokens', 'max_tokens'],
  ['stop', 'stop'],
  ['seed', 'seed'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['user', 'user'],
  ['metadata', 'metadata'],
]

/** Writes the request's parameters into `body`; one that the model does not take is left out with a warning. */
export function writeParameters(request: ChatRequest, body: Record<string, unknown>, conversion: Conversion): void {
  const { capabilities, dialect, warnings, name, model, provider } = conversion
  const leaveOut = (parameter: string): void => {
    warnings.push({ type: 'unsupported', parameter, message: `${name} does not take ${parameter} for ${model}.` })
  }
  const ofModel = dialect.maxTokensField
  const maxTokensField = typeof ofModel === 'function' ? ofModel(model) : ofModel
  for (const [parameter, field] of fields) {
    const value = request[parameter]
    if (value === undefined) continue
    const wireName = parameter === 'maxTokens' ? (maxTokensField ?? field) : field
    if (capabilities.parameters[parameter] === undefined) leaveOut(parameter)
    else if (parameter === 'metadata' && dialect.metadataNeedsStore && !isStored(request, provider)) {
      const message = `${name} takes metadata only with answers that it stores (providerOptions.${provider}.store).`
      warnings.push({ type: 'unsupported', parameter, message })
    } else body[dialect.renamedFields?.[wireName] ?? wireName] = value
  }
  if (request.parallelToolCalls !== undefined) {
    const wireName = 'parallel_tool_calls'
    if (capabilities.parameters.parallelToolCalls === undefined) leaveOut('parallelToolCalls')
    // OpenAI refuses the field in a request without tools, where it would change nothing.
    else if (request.tools?.length) body[dialect.renamedFields?.[wireName] ?? wireName] = request.parallelToolCalls
  }
  const reasoning = dialect.mustNotReason?.(request) === true ? forbidReasoning(request, conversion) : request.reasoning
  if (reasoning !== undefined) writeReasoning(reasoning, body, conversion, leaveOut)
}

function isStored({ providerOptions }: ChatRequest, provider: string): boolean {
  return providerOptions?.[provider]?.['store'] === true
}

type Reasoning = NonNullable<ChatRequest['reasoning']>

function forbidReasoning({ reasoning }: ChatRequest, { name, model, warnings }: Conversion): Reasoning {
  const message = `${name} takes such a request for ${model} only without reasoning; the effort 'none' was sent.`
  warnings.push({ type: 'changed', parameter: 'reasoning.effort', message })
  return { ...reasoning, effort: 'none' }
}

function writeReasoning(
  asked: Reasoning,
  body: Record<string, unknown>,
  { capabilities, dialect, warnings, name, model }: Conversion,
  leaveOut: (parameter: string) => void,
): void {
  const support = capabilities.parameters.reasoning
  const range = support?.type === 'reasoning' ? support : undefined
  let { effort, budgetTokens } = asked
  if (budgetTokens !== undefined && range?.budgetTokens === undefined) {
    leaveOut('reasoning.budgetTokens')
    budgetTokens = undefined
  }
  if (effort !== undefined && range === undefined) {
    leaveOut('reasoning.effort')
    effort = undefined
  }
  if (effort !== undefined && range?.efforts) {
    const warn: Warn = (type, message, parameter) =>
      warnings.push({ type, message, ...(parameter !== undefined && { parameter }) })
    effort = supportedEffort(effort, range.efforts, model, warn)
  }
  if (effort !== undefined && budgetTokens !== undefined && dialect.effortOrBudget) {
    const message = `${name} takes an effort or a budget; the budget was sent.`
    warnings.push({ type: 'unsupported', parameter: 'reasoning.effort', message })
    effort = undefined
  }
  if (effort === undefined && budgetTokens === undefined) return
  Object.assign(body, dialect.reasoning?.(effort, budgetTokens) ?? { reasoning_effort: effort })
}
