import type { AssistantPart, FilePart, FinishReason, Usage, Warn, Warning } from '@llmfb/core/provider'
import { isObject } from './wire.ts'
import { type Signed, toOpaque } from './opaque.ts'
import { isGarbled, toFinishReason } from './to-finish-reason.ts'
import { toUsage } from './to-usage.ts'
import { warnOfPart, warnOfSources } from './warnings.ts'
import type { WireAnswer, WireCandidate, WirePart } from './has-its-fields.ts'

/** Makes what an answer that is none is to throw. */
export interface AnswerFailures {
  fail(
    kind: 'malformed' | 'truncated' | 'empty' | 'content-filter',
    message: string,
    cause?: unknown,
    code?: string,
  ): Error
  /** Makes the error that the service reports within an answer. */
  failReported(body: unknown): Error
}

export interface ResponseContext {
  /** Id of this provider. */
  readonly provider: string
  /** Model that was asked, for answers that do not say. */
  readonly model: string
  /** Those of the request. */
  readonly warnings: readonly Warning[]
  /** Ids for tool calls that come without. */
  readonly callIds: Iterator<string, never>
}

/** What an answer tells beside its content. */
export interface About {
  readonly finishReason: FinishReason
  readonly usage?: Usage
  readonly warnings: readonly Warning[]
  readonly model: string
  readonly provider: string
  readonly requestId?: string
}

/** Reads an answer, whole or piece by piece. */
export interface AnswerReader {
  /** The parts of the next piece. @throws what `failures` make of a prompt that was blocked */
  read(answer: WireAnswer): AssistantPart[]
  /** What was used so far, where the last piece told. */
  usage(): Usage | undefined
  /** The rest, once a piece has said why the answer ended; undefined until then. @throws what `failures` make */
  finish(): About | undefined
}

export function createAnswerReader(
  context: ResponseContext,
  { list, warn }: { readonly list: readonly Warning[]; readonly warn: Warn },
  failures: AnswerFailures,
): AnswerReader {
  let model = context.model
  let requestId: string | undefined
  let metadata: unknown
  let ended: WireCandidate | undefined
  let hasContent = false
  let hasToolCalls = false

  function toParts(part: WirePart): AssistantPart[] {
    const { text, thought, thoughtSignature: signature, functionCall: call, inlineData } = part
    const signed: Signed = signature === undefined || signature === null ? {} : { signature }
    const opaque = signed.signature === undefined ? {} : { opaque: toOpaque(context.provider, signed) }
    if (call) {
      hasToolCalls = true
      const id = call.id || context.callIds.next().value
      return [{ type: 'tool-call', id, name: call.name, arguments: JSON.stringify(call.args ?? {}), ...opaque }]
    }
    if (inlineData) {
      const file: FilePart = { type: 'file', file: { data: inlineData.data, mediaType: inlineData.mimeType } }
      if (signed.signature === undefined) return [file]
      return [{ type: 'text', text: '', opaque: toOpaque(context.provider, { ...signed, of: 'file' }) }, file]
    }
    if (typeof text === 'string') {
      // Thoughts are marked as the service's own also where it did not sign them, so that they can go back.
      if (thought === true) return [{ type: 'reasoning', text, opaque: toOpaque(context.provider, signed) }]
      return text === '' && signed.signature === undefined ? [] : [{ type: 'text', text, ...opaque }]
    }
    const type = Object.keys(part).find((name) => name !== 'thought' && name !== 'thoughtSignature')
    if (type !== undefined) warnOfPart(warn, type)
    return []
  }

  function refuseBlocked({ promptFeedback }: WireAnswer): void {
    const reason = promptFeedback?.blockReason
    if (typeof reason !== 'string') return
    const words = promptFeedback?.blockReasonMessage
    const told = typeof words === 'string' ? `: ${words}` : ''
    throw failures.fail('content-filter', `the prompt was blocked (${reason})${told}`, undefined, reason)
  }

  return {
    read(answer) {
      if (typeof answer.modelVersion === 'string' && answer.modelVersion !== '') model = answer.modelVersion
      if (typeof answer.responseId === 'string' && answer.responseId !== '') requestId = answer.responseId
      if (isObject(answer.usageMetadata)) metadata = answer.usageMetadata
      refuseBlocked(answer)
      const candidates = answer.candidates ?? []
      const candidate = candidates.find(({ index }) => (index ?? 0) === 0) ?? candidates[0]
      if (candidates.length > 1) warnOfPart(warn, 'another candidate')
      if (!candidate) return []
      if (typeof candidate.finishReason === 'string') ended = candidate
      if (hasSources(candidate)) warnOfSources(warn)
      const parts = (candidate.content?.parts ?? []).flatMap(toParts)
      if (parts.length > 0) hasContent = true
      return parts
    },

    usage: () => (metadata === undefined ? undefined : toUsage(metadata)),

    finish() {
      const raw = ended?.finishReason
      if (typeof raw !== 'string') return undefined
      if (isGarbled(raw) && !hasContent) {
        const told = typeof ended?.finishMessage === 'string' ? `: ${ended.finishMessage}` : ''
        const message = `the model wrote what the service could not read (${raw})${told}`
        throw failures.fail('malformed', message, undefined, raw)
      }
      const usage = metadata === undefined ? undefined : toUsage(metadata)
      return {
        finishReason: toFinishReason(raw, hasToolCalls),
        ...(usage && { usage }),
        warnings: [...context.warnings, ...list],
        model,
        provider: context.provider,
        ...(requestId !== undefined && { requestId }),
      }
    },
  }
}

function hasSources({ groundingMetadata, citationMetadata }: WireCandidate): boolean {
  const lists = [
    isObject(groundingMetadata) ? groundingMetadata.groundingChunks : undefined,
    isObject(citationMetadata) ? (citationMetadata.citationSources ?? citationMetadata.citations) : undefined,
  ]
  return lists.some((list) => Array.isArray(list) && list.length > 0)
}
