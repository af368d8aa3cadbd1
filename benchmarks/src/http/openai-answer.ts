import { type Answer, chunks, eachChunk, expectedText, piece } from './answer.ts'

const envelope = {
  id: 'chatcmpl-1',
  created: 1_795_000_000,
  model: 'gpt-4.1-mini-2025-04-14',
  system_fingerprint: 'fp_1',
}
const usage = {
  prompt_tokens: 14,
  completion_tokens: chunks,
  total_tokens: 14 + chunks,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0 },
}

const completion = JSON.stringify({
  ...envelope,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: expectedText.chat, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
  service_tier: 'default',
})

function toEvent(choices: readonly unknown[], more: object = {}): string {
  const chunk = { ...envelope, object: 'chat.completion.chunk', service_tier: 'default', choices, ...more }
  return `data: ${JSON.stringify(chunk)}\n\n`
}

function toChoice(delta: object, finishReason: string | null = null): object {
  return { index: 0, delta, logprobs: null, finish_reason: finishReason }
}

const pieces: readonly string[] = [
  toEvent([toChoice({ role: 'assistant', content: '', refusal: null })]),
  ...eachChunk(() => toEvent([toChoice({ content: piece })])),
  toEvent([toChoice({}, 'stop')]),
  toEvent([], { usage }),
  'data: [DONE]\n\n',
]

export const openaiAnswer: Answer = { streamType: 'text/event-stream; charset=utf-8', completion, pieces }
