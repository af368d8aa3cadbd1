import { readRecordings, startWireServer, type WireServer } from '@llmfb/conformance'
import { type AssistantPart, type ChatResponse, collectStream, type JsonObject } from '@llmfb/core/provider'
import { deepStrictEqual } from 'node:assert/strict'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { connect } from './connect.ts'
import { description } from './description.ts'

const model = 'anthropic/claude-sonnet-4.6'
const question = { role: 'user', content: 'Hi' } as const
const request = { model, messages: [question] } as const
const json = { 'content-type': 'application/json' }

let server: WireServer
beforeEach(async () => {
  server = await startWireServer()
})
afterEach(async () => {
  for (const sent of server.requests) deepStrictEqual(description?.problemsOf(sent) ?? [], [])
  await server.close()
})

type Detail = JsonObject

const claude = { format: 'anthropic-claude-v1', index: 0 }
const text = (words: string, more: Detail = {}): Detail => ({ type: 'reasoning.text', text: words, ...claude, ...more })
const signed = (signature: string): Detail => ({ type: 'reasoning.text', signature, ...claude })
const openai = { format: 'openai-responses-v1', index: 0 }
const summary = (words: string): Detail => ({ type: 'reasoning.summary', summary: words, ...openai })
const encrypted = (id: string): Detail => ({ type: 'reasoning.encrypted', data: `of ${id}`, id, ...openai })

async function answer(message: object): Promise<ChatResponse> {
  server.answer({ headers: json, body: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }) })
  return (await connect({ baseURL: server.url })).chat(request)
}

async function stream(...deltas: readonly object[]): Promise<ChatResponse> {
  const chunks = [
    ...deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ]
  server.answer({
    headers: { 'content-type': 'text/event-stream' },
    body: `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`,
    pieces: 'bytes',
  })
  return collectStream((await connect({ baseURL: server.url })).stream(request))
}

/** What OpenRouter is sent of an answer in the next turn. */
async function sendBack(
  content: readonly AssistantPart[],
  asked: string = model,
): Promise<{ readonly sent: Readonly<Record<string, unknown>>; readonly warnings: readonly (string | undefined)[] }> {
  server.answer({
    headers: json,
    body: JSON.stringify({ choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }] }),
  })
  const provider = await connect({ baseURL: server.url })
  const messages = [question, { role: 'assistant', content } as const, question]
  const { warnings } = await provider.chat({ model: asked, messages })
  const body = server.requests.at(-1)?.body as { readonly messages: readonly Record<string, unknown>[] }
  return { sent: body.messages[1] ?? {}, warnings: warnings.map(({ parameter }) => parameter) }
}

const opaque = (data: Detail): object => ({ opaque: { issuer: 'openrouter', model, data } })

describe('details of an answer', () => {
  const details = [summary('Two.'), encrypted('rs_1'), summary('Four.'), { type: 'reasoning.of-tomorrow', x: [1] }]

  it('are a part each, whatever their kind, and the text beside them says nothing more', async () => {
    const { content, text: said } = await answer({
      content: 'Five.',
      reasoning: 'Two.Four.',
      reasoning_details: details,
    })
    expect(said).toBe('Five.')
    expect(content).toEqual([
      { type: 'reasoning', text: 'Two.', ...opaque(summary('Two.')) },
      { type: 'reasoning', text: '', ...opaque(encrypted('rs_1')) },
      { type: 'reasoning', text: 'Four.', ...opaque(summary('Four.')) },
      { type: 'reasoning', text: '', ...opaque({ type: 'reasoning.of-tomorrow', x: [1] }) },
      { type: 'text', text: 'Five.' },
    ])
  })

  it('go back as they came, in their order', async () => {
    const { content } = await answer({ content: 'Five.', reasoning: 'Two.Four.', reasoning_details: details })
    expect(await sendBack(content)).toEqual({
      sent: { role: 'assistant', content: 'Five.', reasoning_details: details },
      warnings: [],
    })
  })

  it('go back with tool calls', async () => {
    const call = { id: 'tool_1', type: 'function', function: { name: 'weather', arguments: '{}' } }
    const thought = { ...encrypted('tool_1'), format: 'google-gemini-v1' }
    const { content } = await answer({ content: null, tool_calls: [call], reasoning_details: [thought] })
    const { sent } = await sendBack(content)
    expect(sent).toEqual({ role: 'assistant', content: null, reasoning_details: [thought], tool_calls: [call] })
  })

  it('without text stand beside the text that came elsewhere', async () => {
    const { content } = await answer({ content: 'Five.', reasoning: 'Hm.', reasoning_details: [encrypted('rs_1')] })
    expect(content.slice(0, 2)).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'reasoning', text: '', ...opaque(encrypted('rs_1')) },
    ])
  })

  test.each([null, 'text', {}, [], [null, 'text', {}, { type: 1 }]])('that are none are none: %j', async (none) => {
    const { content } = await answer({ content: 'Five.', reasoning: 'Hm.', reasoning_details: none })
    expect(content).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Five.' },
    ])
  })
})

describe('details of a stream', () => {
  const delta = (...details: readonly Detail[]): object => {
    const reasoning = details.map(({ text: words, summary: sum }) => (words ?? sum ?? '') as string).join('')
    return { content: '', reasoning: reasoning === '' ? null : reasoning, reasoning_details: details }
  }

  it('are joined up to their signature, and each signed one is a part', async () => {
    const { content } = await stream(
      delta(text('The ')),
      delta(text('user'), text(' asks.')),
      delta(signed('sig-1')),
      delta(text('Again.')),
      delta(signed('sig-2')),
      { content: 'Five.' },
    )
    expect(content).toEqual([
      { type: 'reasoning', text: 'The user asks.', ...opaque(text('The user asks.', { signature: 'sig-1' })) },
      { type: 'reasoning', text: 'Again.', ...opaque(text('Again.', { signature: 'sig-2' })) },
      { type: 'text', text: 'Five.' },
    ])
    const { sent } = await sendBack(content)
    expect(sent['reasoning_details']).toEqual([
      text('The user asks.', { signature: 'sig-1' }),
      text('Again.', { signature: 'sig-2' }),
    ])
  })

  it('are told apart by kind, index and id', async () => {
    const second = { ...text('c'), index: 1 }
    const { content } = await stream(
      delta(summary('a')),
      delta(summary('b')),
      delta(encrypted('rs_1')),
      delta(encrypted('rs_2')),
      delta(text('b')),
      delta(second),
      delta({ ...second, id: 'x' }),
      delta({ ...second, id: 'y' }),
    )
    const { sent } = await sendBack(content)
    expect(sent['reasoning_details']).toEqual([
      summary('ab'),
      encrypted('rs_1'),
      encrypted('rs_2'),
      text('b'),
      { ...second, text: 'cc', id: 'x' },
      { ...second, id: 'y' },
    ])
  })

  it('that come after the calls they belong to are not lost', async () => {
    const call = { index: 0, id: 'tool_1', type: 'function', function: { name: 'weather', arguments: '{}' } }
    const { content } = await stream({ content: null, tool_calls: [call] }, delta(encrypted('tool_1')))
    expect(content.map(({ type }) => type)).toEqual(['reasoning', 'tool-call'])
    expect((await sendBack(content)).sent['reasoning_details']).toEqual([encrypted('tool_1')])
  })

  it('that go on when the answer has begun are still one', async () => {
    const { content, text: said } = await stream(delta(text('Hm.')), { content: 'Fi' }, delta(signed('sig')), {
      content: 've.',
    })
    expect(said).toBe('Five.')
    const { sent, warnings } = await sendBack(content)
    expect(sent).toEqual({
      role: 'assistant',
      content: 'Five.',
      reasoning_details: [text('Hm.', { signature: 'sig' })],
    })
    expect(warnings).toEqual([])
  })

  it('leave the text of models alone that have none', async () => {
    const { content } = await stream({ reasoning: 'Hm' }, { reasoning: '.' }, { content: 'Five.' })
    expect(content).toEqual([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Five.' },
    ])
  })
})

it('hands nothing to a model that did not issue it, and says so', async () => {
  const own = { type: 'reasoning', text: 'Hm.', opaque: { issuer: 'openrouter', model, data: text('Hm.') } } as const
  const content: AssistantPart[] = [
    own,
    { ...own, opaque: { ...own.opaque, issuer: 'anthropic' } },
    { ...own, opaque: { ...own.opaque, data: 'no detail' } },
    { type: 'reasoning', text: 'Plain.' },
    { type: 'text', text: 'Five.', opaque: own.opaque },
  ]
  const left = ['messages[1].content[2]', 'messages[1].content[3]', 'messages[1].content[4].opaque']
  expect(await sendBack(content)).toEqual({
    sent: { role: 'assistant', content: 'Five.', reasoning_details: [text('Hm.')] },
    warnings: ['messages[1].content[1]', ...left],
  })
  expect(await sendBack(content, 'openai/gpt-5.1')).toEqual({
    sent: { role: 'assistant', content: 'Five.' },
    warnings: ['messages[1].content[0]', 'messages[1].content[1]', ...left],
  })
})

const recorded = (readRecordings('openrouter') ?? []).flatMap(({ id, stream: isStream, resBody = '' }) => {
  return !isStream && resBody.includes('"reasoning_details"') ? [{ id, text: resBody }] : []
})

test.runIf(recorded.length > 0)('hands back what OpenRouter really answered', async () => {
  for (const { id, text } of recorded) {
    server.answer({ headers: json, body: text })
    const { content } = await (await connect({ baseURL: server.url })).chat(request)
    const { choices } = JSON.parse(text) as { readonly choices: [{ readonly message: { reasoning_details: unknown } }] }
    const { sent, warnings } = await sendBack(content)
    expect(sent['reasoning_details'], id).toEqual(choices[0].message.reasoning_details)
    expect(warnings, id).toEqual([])
  }
})
