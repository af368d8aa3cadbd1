import { type RecordedAnswers, readRecordings, type Recording } from '@llmfb/conformance'
import type { JsonObject, Usage } from '@llmfb/core/provider'

export function toUsage(read: JsonObject): Usage {
  return {
    uncachedInputTokens: Number(read['prompt_eval_count']),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTextTokens: Number(read['eval_count']),
    reasoningTokens: 0,
  }
}

interface Piece {
  readonly message: { readonly content: string }
  readonly done_reason: string
}

/** What a streamed text answer says, read from its lines; the recording holds no reading of the SDK's. */
function withRead(recording: Recording): Recording {
  const lines = (recording.resBody ?? '').trim().split('\n')
  const pieces = lines.map((line) => JSON.parse(line) as JsonObject & Piece)
  const last = pieces.at(-1)
  return {
    ...recording,
    read: {
      text: pieces.map((piece) => piece.message.content).join(''),
      reasoning: '',
      tools: [],
      finish: last?.done_reason ?? '',
      usage: last ?? {},
    },
  }
}

/** What a real server answered. */
export const recordings: RecordedAnswers = {
  recordings: readRecordings('ollama')
    ?.filter(({ api }) => api === 'ollama-chat')
    .map(withRead),
  usage: toUsage,
}
