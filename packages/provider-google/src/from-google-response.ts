import { createWarnings } from '@llmfb/core/provider'
import type { ChatResponse } from '@llmfb/core/provider'
import { type AnswerFailures, createAnswerReader, type ResponseContext } from './read-answer.ts'
import type { WireAnswer } from './has-its-fields.ts'

/** @throws what `failures` make of an answer without an end, and of a prompt that was blocked */
export function fromGoogleResponse(
  answer: WireAnswer,
  context: ResponseContext,
  failures: AnswerFailures,
): ChatResponse {
  const reader = createAnswerReader(context, createWarnings(), failures)
  const content = reader.read(answer)
  const about = reader.finish()
  if (!about) {
    const isNone = (answer.candidates ?? []).length === 0
    if (isNone) throw failures.fail('empty', 'the answer has no candidates')
    throw failures.fail('malformed', 'the answer does not say why it ended')
  }
  return { text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''), content, ...about }
}
