import type { WireAnswer } from '@llmfb/conformance'
import type { Said } from './said.ts'

// Whole answers of services whose dialects are not among those of the conformance suite.

function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

/** Gemini signs the first of the calls, or the text where there are none. */
export function geminiAnswer({ model, reasoning, signature, text, calls }: Said): WireAnswer {
  const said = [
    ...(text === '' ? [] : [{ text }]),
    ...calls.map(({ id, name, input }) => ({ functionCall: { id, name, args: input } })),
  ]
  const parts = [
    { text: reasoning, thought: true },
    ...said.map((part, index) => (index === 0 ? { ...part, thoughtSignature: signature } : part)),
  ]
  return json({
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 90, candidatesTokenCount: 12, totalTokenCount: 102 },
    modelVersion: model,
    responseId: 'n1P6abvRFaKdz7IPkcuQ2Aw',
  })
}

export function geminiUnavailable(): WireAnswer {
  return json({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }, 503)
}

export function converseAnswer({ reasoning, signature, text, calls }: Said): WireAnswer {
  const content = [
    { reasoningContent: { reasoningText: { text: reasoning, signature } } },
    ...(text === '' ? [] : [{ text }]),
    ...calls.map(({ id: toolUseId, name, input }) => ({ toolUse: { toolUseId, name, input } })),
  ]
  return json({
    metrics: { latencyMs: 5 },
    output: { message: { role: 'assistant', content } },
    stopReason: calls.length > 0 ? 'tool_use' : 'end_turn',
    usage: { inputTokens: 90, outputTokens: 12, totalTokens: 102 },
  })
}

export function converseUnavailable(): WireAnswer {
  return json({ message: 'Try again.' }, 503, { 'x-amzn-errortype': 'ServiceUnavailableException' })
}

export function responsesAnswer({ model, reasoning, signature, text, calls }: Said): WireAnswer {
  const output = [
    {
      type: 'reasoning',
      id: 'rs_68af4030baa48193b0',
      summary: [{ type: 'summary_text', text: reasoning }],
      encrypted_content: signature,
    },
    ...(text === ''
      ? []
      : [
          {
            type: 'message',
            id: 'msg_68af4033d33c8193b8',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
          },
        ]),
    ...calls.map(({ id, name, input }, index) => ({
      type: 'function_call',
      id: `fc_68af4032${index}`,
      call_id: id,
      name,
      arguments: JSON.stringify(input),
      status: 'completed',
    })),
  ]
  return json({
    id: 'resp_68af4030592c8193',
    object: 'response',
    created_at: 1_795_262_400,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model,
    output,
    usage: {
      input_tokens: 90,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 12,
      output_tokens_details: { reasoning_tokens: 0 },
    },
  })
}
