import type { Capabilities, ParameterName, ParameterRange } from '../provider/capabilities.ts'
import type { AssistantPart, ToolResultPart, UserPart } from '../provider/part.ts'
import type { Parameters, ChatRequest } from '../provider/request.ts'
import { parameterNames } from '../validation/check-parameter.ts'

function outOfBounds(value: number, range: { readonly min?: number; readonly max?: number }): boolean {
  return value < (range.min ?? -Infinity) || value > (range.max ?? Infinity)
}

function describeBounds({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min === undefined) return `at most ${max}`
  return max === undefined ? `at least ${min}` : `${min} to ${max}`
}

/** What of a parameter's value lies outside its range, or undefined. The value is of the contract's type. */
function findExcess(name: ParameterName, value: unknown, range: ParameterRange): string | undefined {
  switch (range.type) {
    case 'number':
    case 'integer':
      return outOfBounds(value as number, range) ? `honours ${name} ${describeBounds(range)} only` : undefined
    case 'strings': {
      const { maxItems } = range
      const tooMany = maxItems !== undefined && (value as readonly string[]).length > maxItems
      return tooMany ? `honours at most ${maxItems} of ${name}` : undefined
    }
    case 'reasoning': {
      const { effort, budgetTokens } = value as NonNullable<Parameters['reasoning']>
      const efforts = range.efforts ?? (range.budgetTokens && [])
      if (effort !== undefined && efforts?.includes(effort) === false) {
        return `does not honour ${name}.effort '${effort}'`
      }
      if (budgetTokens === undefined) return undefined
      if (range.budgetTokens === undefined) return `does not honour ${name}.budgetTokens`
      const bounds = range.budgetTokens
      return outOfBounds(budgetTokens, bounds)
        ? `honours ${name}.budgetTokens ${describeBounds(bounds)} only`
        : undefined
    }
    default:
      return undefined
  }
}

/** Why a model does not honour a parameter as the request sets it, or undefined where it does. */
export function findUnmetParameter(
  name: ParameterName,
  request: ChatRequest,
  capabilities: Capabilities,
): string | undefined {
  const value = request[name]
  if (value === undefined) return undefined
  const range = capabilities.parameters[name]
  return range === undefined ? `does not honour ${name}` : findExcess(name, value, range)
}

/** Whether the request is nothing but messages of text, which every model takes. */
export function isPlain(request: ChatRequest): boolean {
  for (const field in request) {
    if (field !== 'model' && field !== 'messages') return false
  }
  for (const { content } of request.messages) if (typeof content !== 'string') return false
  return true
}

/** Whether there is a part of this type among them, or in what a tool answered. */
function holds(content: string | readonly (UserPart | AssistantPart | ToolResultPart)[], type: string): boolean {
  if (typeof content === 'string') return false
  return content.some((part) => part.type === type || (part.type === 'tool-result' && holds(part.content, type)))
}

/**
 * The first thing in a request that a model cannot do, or undefined where it can do all. Parameters count only when
 * `parameters` is `require`; tools, schemas and pictures always do.
 */
export function findUnmetNeed(
  request: ChatRequest,
  capabilities: Capabilities,
  streamed: boolean,
  parameters: 'require' | 'drop',
): string | undefined {
  if (streamed && !capabilities.streaming) return 'does not stream'
  const has = (type: string): boolean => request.messages.some(({ content }) => holds(content, type))
  if (!capabilities.tools && ((request.tools ?? []).length > 0 || has('tool-call') || has('tool-result'))) {
    return 'does not take tools'
  }
  const format = request.responseFormat?.type
  if (format !== undefined && format !== 'text' && !capabilities.responseFormats.includes(format)) {
    return `does not answer with response format '${format}'`
  }
  for (const type of ['image', 'file'] as const) {
    if (!capabilities.input.includes(type) && has(type)) return `does not take ${type} parts`
  }
  if (parameters === 'drop') return undefined
  for (const name of parameterNames) {
    const unmet = request[name] === undefined ? undefined : findUnmetParameter(name, request, capabilities)
    if (unmet !== undefined) return unmet
  }
  return undefined
}
