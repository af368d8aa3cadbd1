import type { FinishReason } from '@llmfb/core/provider'
import type { AnswerContext } from './answer-context.ts'
import type { WireItem, WireResponse, WireText } from './responses-wire.ts'
import { fail, toAnswerError } from './to-provider-error.ts'
import { findError, readText } from './wire.ts'

/** The words of a message: its text, and those with which the model refused. */
export function readMessageText(item: WireItem): { readonly text: string; readonly refused: boolean } {
  let text = ''
  let refused = false
  for (const part of item.content ?? []) {
    if (typeof part.text === 'string') text += part.text
    const refusal = readText(part.refusal)
    if (refusal === undefined) continue
    text += refusal
    refused = true
  }
  return { text, refused }
}

/** The reasoning itself where the service shows it, and else its summary. */
export function readReasoningText({ content, summary }: WireItem): string {
  const join = (parts: readonly WireText[] | null | undefined): string => {
    return (parts ?? []).map(({ text }) => readText(text) ?? '').join('')
  }
  return join(content) || join(summary)
}

/** Why a response ended. @throws ProviderError where it says that it failed */
export function readFinish(
  response: WireResponse,
  answer: { readonly refused: boolean; readonly hasToolCalls: boolean },
  context: AnswerContext,
): FinishReason {
  const status = readText(response.status)
  const error = findError(response as Readonly<Record<string, unknown>>)
  if (error !== undefined) throw toAnswerError(error, context)
  if (status === 'failed') throw toAnswerError(undefined, context)
  if (status === 'cancelled') throw fail('truncated', `${context.name} cancelled its answer`, context, { status: 200 })
  if (status === 'incomplete') {
    const raw = readText(response.incomplete_details?.reason) ?? status
    return { unified: incomplete.get(raw) ?? 'other', raw }
  }
  if (answer.refused) return { unified: 'content-filter', raw: status ?? '' }
  if (status !== 'completed') return { unified: 'other', raw: status ?? '' }
  return { unified: answer.hasToolCalls ? 'tool-calls' : 'stop', raw: status }
}

const incomplete: ReadonlyMap<string, FinishReason['unified']> = new Map([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content-filter'],
])
