import { chatCompletions, readDescription, responses, type SpokenAnswer, type WireDialect } from '@llmfb/conformance'
import { describe, expect, test } from 'vitest'

// What the servers of the suite answer has to be as the vendors describe it, too.
const openai = readDescription('openai.openapi.json', {
  fields: {
    // Services that show reasoning do it in a field that OpenAI does not have.
    ChatCompletionResponseMessage: { reasoning_content: { type: 'string' } },
    ChatCompletionStreamResponseDelta: { reasoning_content: { type: 'string' } },
  },
})

const usage = {
  uncachedInputTokens: 7,
  cacheReadTokens: 3,
  cacheWriteTokens: 0,
  outputTextTokens: 5,
  reasoningTokens: 2,
}
const answers: readonly SpokenAnswer[] = [
  { model: 'm', finish: 'stop', parts: [{ type: 'text', pieces: ['Hel', 'lo'] }], usage },
  { model: 'm', finish: 'length', parts: [{ type: 'text', pieces: ['Hel'] }] },
  {
    model: 'm',
    finish: 'tool-calls',
    usage,
    parts: [
      { type: 'reasoning', pieces: ['Let me ', 'see'], signature: 'c2lnbmVk' },
      { type: 'tool-call', id: 'call_1', name: 'a', pieces: ['{"x"', ':1}'] },
      { type: 'tool-call', id: 'call_2', name: 'b', pieces: ['{}'] },
    ],
  },
]

const dialects: readonly [string, WireDialect, string, string][] = [
  ['Chat Completions', chatCompletions(), 'CreateChatCompletionResponse', 'CreateChatCompletionStreamResponse'],
  ['Responses', responses(), 'Response', 'ResponseStreamEvent'],
]

/** Where it tells no usage, OpenAI answers null, of which its description says nothing. */
function parse(json: string): unknown {
  return JSON.parse(json, (name, value: unknown) => (name === 'usage' && value === null ? undefined : value))
}

describe.skipIf(openai === undefined).each(dialects)('%s as OpenAI describes them', (_name, words, whole, event) => {
  const problemsIn = (schema: string, body: unknown): readonly string[] | undefined => openai?.problemsIn(schema, body)
  test.each(answers)('an answer that ends by $finish', (spoken) => {
    expect(problemsIn(whole, parse(words.answer(spoken).body as string))).toEqual([])
  })
  test.each(answers)('a stream that ends by $finish', (spoken) => {
    const sent = words.stream(spoken).events.map((each) => /^data: (.*)$/m.exec(each as string)?.[1] ?? '')
    const told = sent.filter((data) => data !== '[DONE]')
    expect(told.map((data) => [data, problemsIn(event, parse(data))])).toEqual(told.map((data) => [data, []]))
  })
  test('errors', () => {
    const forms = Object.values(words.failures).flatMap((each) => (typeof each === 'string' ? [] : each))
    const told = forms.filter(({ headers }) => headers?.['content-type'] === 'application/json')
    const problems = told.map(({ name, body }) => [name, problemsIn('ErrorResponse', parse(body('No.') as string))])
    expect(problems).toEqual(told.map(({ name }) => [name, []]))
  })
})
