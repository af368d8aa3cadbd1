import type { StreamEvent } from '@llmfb/core/provider'
import type { AnswerContext } from './from-ollama-response.ts'
import { isEmpty, readEnvelope, readMessage } from './from-ollama-response.ts'

/** The pieces of an answer as events. @throws what the pieces do, and what `toError` makes where they are no answer */
export async function* fromOllamaStream(
  pieces: AsyncIterable<object>,
  answer: AnswerContext,
): AsyncGenerator<StreamEvent, void, undefined> {
  let calls = 0
  let hasContent = false
  for await (const piece of pieces) {
    const fields = piece as Readonly<Record<string, unknown>>
    const message = readMessage(fields['message'], answer)
    if (message.thinking !== '') yield { type: 'reasoning-delta', text: message.thinking }
    if (message.text !== '') yield { type: 'text-delta', text: message.text }
    for (const file of message.files) yield file
    for (const call of message.calls) {
      const index = calls++
      // Ollama sends a call in one piece.
      yield { type: 'tool-call-delta', index, id: call.id, name: call.name, arguments: call.arguments }
      yield { ...call, index }
    }
    hasContent ||= message.thinking !== '' || message.text !== '' || message.files.length > 0 || calls > 0
    if (fields['done'] !== true) continue

    const envelope = readEnvelope(fields, answer, calls > 0)
    if (isEmpty(hasContent, envelope.finishReason)) throw answer.toError({ type: 'empty', problem: 'holds no message' })
    yield { type: 'finish', ...envelope }
    return
  }
  throw answer.toError({ type: 'truncated', problem: 'ends before it is done' })
}
