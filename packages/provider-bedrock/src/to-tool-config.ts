import type { Tool as BedrockTool, ToolChoice, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime'
import { InvalidRequestError } from '@llmfb/core/provider'
import type { ChatRequest, Message, Tool, Warn } from '@llmfb/core/provider'
import type { ToCachePoint } from './cache-points.ts'
import { cachesTools } from './model-traits.ts'

/** @throws InvalidRequestError for a choice that the service does not have */
export function toToolConfig(
  request: ChatRequest,
  toCachePoint: ToCachePoint,
  warn: Warn,
): (ToolConfiguration & { tools: BedrockTool[] }) | undefined {
  const { toolChoice, model } = request
  const tools = request.tools ?? []
  const ofHistory = namesOfHistory(request.messages)
  if (tools.length === 0) {
    if (toolChoice === 'required' || typeof toolChoice === 'object') {
      throw new InvalidRequestError('toolChoice', 'asks for a tool, and the request has none')
    }
    if (ofHistory.length === 0) return undefined
    // The service refuses calls and results of tools in a request that declares no tools.
    if (toolChoice === 'none') throw noneRefused()
    warn('changed', 'Amazon Bedrock wants the tools of the history declared; they were, by their names.', 'tools')
    return { tools: ofHistory.map((name) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } })) }
  }
  if (toolChoice === 'none') {
    if (ofHistory.length > 0) throw noneRefused()
    warn('changed', "Amazon Bedrock has no 'none'; the tools were left out instead.", 'toolChoice')
    return undefined
  }
  const choice = toChoice(toolChoice)
  const cached = cachesTools(model)
  return {
    tools: tools.flatMap((tool, index): BedrockTool[] => [
      toSpecification(tool),
      ...(cached ? toCachePoint(tool.cacheBreakpoint, `tools[${index}]`) : []),
    ]),
    ...(choice && { toolChoice: choice }),
  }
}

function noneRefused(): InvalidRequestError {
  return new InvalidRequestError(
    'toolChoice',
    "is 'none', which Amazon Bedrock has not where the history has tool calls",
  )
}

function toChoice(choice: ChatRequest['toolChoice']): ToolChoice | undefined {
  switch (choice) {
    case undefined:
      return undefined
    case 'auto':
      return { auto: {} }
    case 'required':
      return { any: {} }
    default:
      return { tool: { name: (choice as { readonly tool: string }).tool } }
  }
}

function toSpecification(tool: Tool): BedrockTool {
  return {
    toolSpec: {
      name: tool.name,
      ...(tool.description !== undefined && tool.description !== '' && { description: tool.description }),
      inputSchema: { json: { type: 'object', ...tool.parameters } as NonNullable<never> },
      ...(tool.strict !== undefined && { strict: tool.strict }),
    },
  }
}

/** The tools that were called so far, each once. */
function namesOfHistory(messages: readonly Message[]): string[] {
  const names = new Set<string>()
  for (const { role, content } of messages) {
    if (typeof content === 'string') continue
    if (role === 'assistant') for (const part of content) if (part.type === 'tool-call') names.add(part.name)
    if (role !== 'tool') continue
    for (const part of content) if (part.toolName !== undefined) names.add(part.toolName)
  }
  return [...names]
}
