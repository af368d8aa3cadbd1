import type { ContentBlock, ConverseResponse } from '@aws-sdk/client-bedrock-runtime'
import { createWarnings } from '@llmfb/core/provider'
import type { AssistantPart, ChatResponse, Warn, Warning } from '@llmfb/core/provider'
import { isReasoning, isToolUse } from './has-its-fields.ts'
import { redactedOpaque, serverToolOpaque, signatureOpaque, type Issuer } from './opaque.ts'
import { toFinishReason } from './to-finish-reason.ts'
import { toJsonText } from './to-json-text.ts'
import { toUsage } from './to-usage.ts'
import { warnOfBlock, warnOfCitations, warnOfFields, warnOfServerTool } from './warnings.ts'
import { isObject } from './wire.ts'

/** What is known of an answer before it is read. */
export interface ResponseContext {
  readonly issuer: Issuer
  /** Those of the request. */
  readonly warnings: readonly Warning[]
  readonly requestId?: string
}

/** Whether the service's answer is one, as far as it is read here. */
export function isConverseResponse(output: ConverseResponse): boolean {
  const content: unknown = output.output?.message?.content
  return Array.isArray(content) && content.every(isBlock) && typeof output.stopReason === 'string'
}

function isBlock(block: unknown): boolean {
  if (!isObject(block)) return false
  const { text, toolUse, reasoningContent } = block
  if (text !== undefined && typeof text !== 'string') return false
  if (toolUse !== undefined && !isToolUse(toolUse)) return false
  return reasoningContent === undefined || isReasoning(reasoningContent)
}

export function fromBedrockResponse(output: ConverseResponse, context: ResponseContext): ChatResponse {
  const { list, warn } = createWarnings()
  const { issuer } = context
  if (output.additionalModelResponseFields !== undefined) warnOfFields(warn)
  const content = (output.output?.message?.content ?? []).flatMap((block) => toParts(block, issuer, warn))
  return {
    text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    content,
    finishReason: toFinishReason(output.stopReason ?? ''),
    ...(output.usage && { usage: toUsage(output.usage) }),
    warnings: [...context.warnings, ...list],
    model: issuer.model,
    provider: issuer.provider,
    ...(context.requestId !== undefined && { requestId: context.requestId }),
  }
}

function toParts(block: ContentBlock, issuer: Issuer, warn: Warn): AssistantPart[] {
  if (block.text !== undefined) return toText(block.text)
  if (block.toolUse) {
    const { toolUseId: id = '', name = '', input, type } = block.toolUse
    const byServer = type === 'server_tool_use'
    if (byServer) warnOfServerTool(warn, name)
    const opaque = byServer && { opaque: serverToolOpaque(issuer) }
    return [{ type: 'tool-call', id, name, arguments: toJsonText(input ?? {}), ...opaque }]
  }
  if (block.reasoningContent) {
    const { reasoningText, redactedContent } = block.reasoningContent
    if (redactedContent) return [{ type: 'reasoning', text: '', opaque: redactedOpaque(issuer, redactedContent) }]
    const { text = '', signature } = reasoningText ?? {}
    if (!text && !signature) return []
    return [{ type: 'reasoning', text, ...(signature && { opaque: signatureOpaque(issuer, signature) }) }]
  }
  if (block.citationsContent) {
    if (block.citationsContent.citations?.length) warnOfCitations(warn)
    return toText((block.citationsContent.content ?? []).map(({ text }) => text ?? '').join(''))
  }
  if (block.image?.source?.bytes) {
    return [{ type: 'file', file: { data: block.image.source.bytes, mediaType: `image/${block.image.format}` } }]
  }
  const [name, value] = Object.entries(block).find(([, member]) => member !== undefined) ?? ['unknown', undefined]
  warnOfBlock(warn, name === '$unknown' ? String((value as readonly unknown[])[0]) : name)
  return []
}

function toText(text: string): AssistantPart[] {
  return text === '' ? [] : [{ type: 'text', text }]
}
