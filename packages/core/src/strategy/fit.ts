import type { Capabilities } from '../provider/capabilities.ts'
import type { AssistantPart, ToolResultPart, UserPart } from '../provider/part.ts'
import type { ChatRequest } from '../provider/request.ts'

/** What a model has beside parameters: whatever of it a request does not need is more than it needs. */
function featuresOf(capabilities: Capabilities): string[] {
  const { input, responseFormats, tools, reasoning, promptCache } = capabilities
  const features: string[] = [...input, ...responseFormats]
  if (tools) features.push('tools')
  if (reasoning) features.push('reasoning')
  if (promptCache) features.push('cacheBreakpoint')
  return features
}

// What every model has, or what asks for nothing of the model.
const plain = new Set(['model', 'messages', 'toolChoice', 'responseFormat', 'providerOptions', 'text'])

/** Features and parameters that a request asks for. */
export function needsOf(request: ChatRequest): Set<string> {
  const needs = new Set<string>()
  const need = (name: string): unknown => plain.has(name) || needs.add(name)
  for (const name in request) if (request[name as keyof ChatRequest] !== undefined) need(name)
  if (request.responseFormat !== undefined) need(request.responseFormat.type)
  const visit = (content: string | readonly (UserPart | AssistantPart | ToolResultPart)[]): void => {
    if (typeof content === 'string') return
    for (const part of content) {
      if ('cacheBreakpoint' in part) need('cacheBreakpoint')
      if (part.type === 'tool-result') visit(part.content)
      need(part.type === 'tool-result' || part.type === 'tool-call' ? 'tools' : part.type)
    }
  }
  for (const { content } of request.messages) visit(content)
  if (request.tools?.some((tool) => tool.cacheBreakpoint !== undefined)) need('cacheBreakpoint')
  return needs
}

// Larger than any window.
const largestWindow = 1e8

/**
 * How badly a model fits: first whether its window is known to suffice (0), not known (1) or too small (2), then what
 * of the needs it lacks, then what it has that nobody needs, then how large its window is.
 *
 * @param tokens of prompt and answer together
 * @param outputTokens the most that the answer may have; 0 where the request does not say
 */
export function misfit(
  capabilities: Capabilities,
  needs: ReadonlySet<string>,
  tokens: number,
  outputTokens: number,
): number {
  const { contextWindow, maxOutputTokens = Infinity, parameters } = capabilities
  const window = contextWindow ?? largestWindow
  const isTooSmall = window < tokens || maxOutputTokens < outputTokens
  const features = featuresOf(capabilities)
  const surplus = features.filter((feature) => !needs.has(feature)).length
  let lacking = 0
  for (const need of needs) if (!features.includes(need) && !(need in parameters)) lacking++
  const room = isTooSmall ? 2 : contextWindow === undefined ? 1 : 0
  // In each place there are fewer than a hundred.
  return ((room * 100 + lacking) * 100 + surplus) * largestWindow + window
}
