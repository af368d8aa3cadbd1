import { isObject } from './wire.ts'

/** A piece of an answer, or all of it: `GenerateContentResponse` of the service's API description, as far as it is read. */
export interface WireAnswer {
  readonly candidates?: readonly WireCandidate[] | null
  readonly promptFeedback?: { readonly blockReason?: unknown; readonly blockReasonMessage?: unknown } | null
  readonly usageMetadata?: unknown
  readonly modelVersion?: unknown
  readonly responseId?: unknown
}

export interface WireCandidate {
  readonly index?: unknown
  readonly content?: { readonly parts?: readonly WirePart[] | null } | null
  readonly finishReason?: string | null
  readonly finishMessage?: unknown
  readonly groundingMetadata?: unknown
  readonly citationMetadata?: unknown
}

export type WirePart = Readonly<Record<string, unknown>> & {
  readonly text?: string
  readonly thought?: unknown
  readonly thoughtSignature?: string
  readonly functionCall?: { readonly id?: string; readonly name: string; readonly args?: object }
  readonly inlineData?: { readonly mimeType: string; readonly data: string }
}

/** Whether a 200 or an event holds what an answer promises; a gateway may put anything there. */
export function isAnswer(body: unknown): body is WireAnswer {
  if (!isObject(body)) return false
  const { candidates, promptFeedback, usageMetadata } = body
  if (![candidates, promptFeedback, usageMetadata].some(isThere)) return false
  return (
    isAbsentOr(promptFeedback, isObject) &&
    isAbsentOr(candidates, (list) => Array.isArray(list) && list.every(isCandidate))
  )
}

function isCandidate(value: unknown): boolean {
  if (!isObject(value)) return false
  return isAbsentOr(value.finishReason, isText) && isAbsentOr(value.content, isContent)
}

function isContent(value: unknown): boolean {
  return isObject(value) && isAbsentOr(value.parts, (list) => Array.isArray(list) && list.every(isPart))
}

function isPart(value: unknown): boolean {
  if (!isObject(value)) return false
  const { text, thoughtSignature, functionCall, inlineData } = value
  return (
    isAbsentOr(text, isText) &&
    isAbsentOr(thoughtSignature, isText) &&
    isAbsentOr(functionCall, isCall) &&
    isAbsentOr(inlineData, (blob) => isObject(blob) && isText(blob.mimeType) && isText(blob.data))
  )
}

function isCall(value: unknown): boolean {
  if (!isObject(value) || !isText(value.name) || value.name === '') return false
  return isAbsentOr(value.id, isText) && isAbsentOr(value.args, isObject)
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isAbsentOr(value: unknown, test: (value: unknown) => boolean): boolean {
  return !isThere(value) || test(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
