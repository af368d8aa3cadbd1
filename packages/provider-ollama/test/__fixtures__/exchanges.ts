import type { Recording } from '@llmfb/conformance'

type Answer = Record<string, unknown>

const head = { model: 'qwen3', created_at: '2025-07-07T20:22:19.184789Z' }
const totals = {
  total_duration: 182242375,
  load_duration: 41295167,
  prompt_eval_count: 169,
  prompt_eval_duration: 24573166,
  eval_count: 15,
  eval_duration: 115959084,
}
const weather = { function: { name: 'get_weather', arguments: { city: 'Tōkyō 東京', days: [1, 2] } } }
const time = { function: { index: 1, name: 'get_time', arguments: {} } }
const usage = { prompt_eval_count: 169, eval_count: 15 }

function exchange(id: string, stream: boolean, answers: readonly Answer[], read: NonNullable<Recording['read']>): Recording {
  const lines = answers.map((answer) => `${JSON.stringify({ ...head, ...answer })}\n`)
  return {
    id,
    provider: 'ollama',
    api: 'ollama-chat',
    method: 'POST',
    url: 'http://127.0.0.1:11434/api/chat',
    status: 200,
    stream,
    features: [],
    reqBody: { model: 'qwen3' },
    resHeaders: { 'content-type': stream ? 'application/x-ndjson' : 'application/json; charset=utf-8' },
    resBody: stream ? lines.join('') : (lines[0] ?? '').trim(),
    read,
  }
}

function piece(message: Answer): Answer {
  return { message: { role: 'assistant', content: '', ...message }, done: false }
}

function last(reason: string, message: Answer = {}): Answer {
  return { message: { role: 'assistant', content: '', ...message }, done_reason: reason, done: true, ...totals }
}

/** Answers of `/api/chat` in the forms that Ollama's API description and its SDK's types give. */
export const exchanges: readonly Recording[] = [
  exchange('text', false, [last('stop', { content: 'The sky is blue\nbecause of “Rayleigh” {scattering}. 🌤' })], {
    text: 'The sky is blue\nbecause of “Rayleigh” {scattering}. 🌤',
    reasoning: '',
    tools: [],
    finish: 'stop',
    usage,
  }),
  exchange('length', false, [last('length', { content: 'The sky' })], {
    text: 'The sky',
    reasoning: '',
    tools: [],
    finish: 'length',
    usage,
  }),
  exchange('tools', false, [last('stop', { content: '', tool_calls: [weather, time] })], {
    text: '',
    reasoning: '',
    tools: [
      { name: 'get_weather', args: { city: 'Tōkyō 東京', days: [1, 2] } },
      { name: 'get_time', args: {} },
    ],
    finish: 'stop',
    usage,
  }),
  exchange('thinking', false, [last('stop', { thinking: 'Let me see…', content: '42' })], {
    text: '42',
    reasoning: 'Let me see…',
    tools: [],
    finish: 'stop',
    usage,
  }),
  exchange('text, streamed', true, [piece({ content: 'The “sky”' }), piece({ content: ' 🌤\n' }), last('stop')], {
    text: 'The “sky” 🌤\n',
    reasoning: '',
    tools: [],
    finish: 'stop',
    usage,
  }),
  exchange('last words in the last piece', true, [piece({ content: 'a' }), last('length', { content: 'b' })], {
    text: 'ab',
    reasoning: '',
    tools: [],
    finish: 'length',
    usage,
  }),
  exchange(
    'thinking and tools, streamed',
    true,
    [
      piece({ thinking: 'The weather' }),
      piece({ thinking: ' – in Tōkyō?' }),
      piece({ content: 'I look.' }),
      piece({ tool_calls: [weather] }),
      piece({ tool_calls: [time] }),
      last('stop'),
    ],
    {
      text: 'I look.',
      reasoning: 'The weather – in Tōkyō?',
      tools: [
        { name: 'get_weather', args: { city: 'Tōkyō 東京', days: [1, 2] } },
        { name: 'get_time', args: {} },
      ],
      finish: 'stop',
      usage,
    },
  ),
]
