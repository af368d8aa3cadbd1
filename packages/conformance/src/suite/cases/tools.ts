import type { AssistantPart, ChatRequest, Message, StreamEvent, ToolCallPart } from '@llmfb/core/provider'
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { expectSaid } from '../expect.ts'
import { parsed, say, text } from '../spoken.ts'
import { expectRefused } from '../refused.ts'
import { timeTool, weatherTool } from '../requests.ts'
import type { SpokenAnswer, SpokenPart } from '../../dialect/wire-dialect.ts'
import { needsStreams } from './stream.ts'

const tools = [weatherTool, timeTool]
const weather = (id: string, city: string): SpokenPart => {
  return { type: 'tool-call', id, name: 'get_weather', pieces: ['{"city"', ':"', city, '","days":3}'] }
}

/** Tools that a model may call. */
export const toolCases: readonly Case[] = [
  {
    id: 'tools.declared',
    title: 'tools reach the service with name, description and schema; or are refused, where there are none',
    async run(bench) {
      bench.reply(say(bench.words))
      for (const { name, call } of bench.ways) {
        if (!bench.capabilities.tools) {
          await expectRefused(bench, call(bench.provider, bench.ask({ tools })), 'tools', name)
          continue
        }
        await call(bench.provider, bench.ask({ tools }))
        const asked = bench.asked()
        ok(asked.type === 'chat')
        const sent = asked.request.tools?.map(({ name, description, parameters }) => ({
          name,
          description,
          parameters,
        }))
        const { description, parameters } = weatherTool
        deepStrictEqual(sent, [
          { name: 'get_weather', description, parameters },
          { name: 'get_time', description: undefined, parameters: timeTool.parameters },
        ])
      }
    },
  },
  {
    id: 'tools.choice',
    title: 'whether a tool must be called is sent, or its loss is told',
    async run(bench) {
      needsTools(bench)
      bench.reply(say(bench.words))
      const choices: readonly NonNullable<ChatRequest['toolChoice']>[] = [
        'auto',
        'none',
        'required',
        { tool: 'get_time' },
      ]
      for (const toolChoice of choices) {
        const what = JSON.stringify(toolChoice)
        const { warnings } = await bench.provider.chat(bench.ask({ tools, toolChoice }))
        const asked = bench.asked()
        ok(asked.type === 'chat')
        const { toolChoice: sent = 'auto', tools: sentTools = [] } = asked.request
        const isTold = warnings.some(({ parameter }) => parameter?.startsWith('toolChoice'))
        const noTools = toolChoice === 'none' && sentTools.length === 0
        if (!isTold && !noTools) deepStrictEqual(sent, toolChoice, `${what} on the wire`)
      }
    },
  },
  {
    id: 'tools.required-of-none',
    title: 'a call that is required without any tools is refused, or left for the service to refuse',
    async run(bench) {
      needsTools(bench)
      bench.reply(say(bench.words))
      const request = bench.ask({ toolChoice: 'required' })
      for (const { name, call } of bench.ways) {
        const before = bench.server.requests.length
        const made = call(bench.provider, request)
        const isRefused = await made.then(
          () => false,
          () => bench.server.requests.length === before,
        )
        if (isRefused) {
          await expectRefused(bench, made, 'toolChoice', name)
          continue
        }
        const asked = bench.asked()
        ok(asked.type === 'chat')
        strictEqual(asked.request.toolChoice, 'required', `${name}: on the wire`)
      }
    },
  },
  {
    id: 'tools.call',
    title: 'a tool call arrives with name, id and arguments',
    async run(bench) {
      needsTools(bench)
      const said = say(bench.words, { parts: [text('I look.'), weather('call_abc', 'Kyiv')], finish: 'tool-calls' })
      await expectCalls(bench, said)
    },
  },
  {
    id: 'tools.parallel',
    title: 'several tool calls of one answer stay apart and in order',
    async run(bench) {
      needsTools(bench)
      const parts = [weather('call_1', 'Kyiv'), weather('call_2', 'Lviv'), weather('call_3', 'Odesa')]
      await expectCalls(bench, say(bench.words, { parts, finish: 'tool-calls' }))
    },
  },
  {
    id: 'tools.no-arguments',
    title: 'a call without arguments is a call',
    async run(bench) {
      needsTools(bench)
      const call: SpokenPart = { type: 'tool-call', id: 'call_1', name: 'get_time', pieces: ['{}'] }
      await expectCalls(bench, say(bench.words, { parts: [call], finish: 'tool-calls' }))
    },
  },
  {
    id: 'tools.broken-arguments',
    title: 'arguments that are no JSON are handed on as the model wrote them',
    async run(bench) {
      needsTools(bench)
      if (bench.words.tells.toolArguments === 'object') doesNotApply('its arguments are always objects')
      const call: SpokenPart = { type: 'tool-call', id: 'call_1', name: 'get_time', pieces: ['{"city": ', '"Ky'] }
      await expectCalls(bench, say(bench.words, { parts: [call], finish: 'tool-calls' }))
    },
  },
  {
    id: 'tools.deltas',
    title: 'streamed arguments come as deltas that agree with the call',
    async run(bench) {
      needsTools(bench)
      needsStreams(bench)
      bench.reply(say(bench.words, { parts: [weather('call_1', 'Kyiv')], finish: 'tool-calls' }))
      const events: StreamEvent[] = []
      for await (const event of bench.provider.stream(bench.ask({ tools }))) events.push(event)
      const deltas = events.filter((event) => event.type === 'tool-call-delta')
      const call = events.find((event) => event.type === 'tool-call')
      ok(call, 'there is no tool-call')
      strictEqual(call.index, 0)
      ok(events.indexOf(call) < events.findIndex(({ type }) => type === 'finish'), 'the call comes behind the finish')
      if (bench.words.tells.toolArguments === 'text') ok(deltas.length > 1, 'there are no deltas')
      if (deltas.length > 0) strictEqual(deltas.map((delta) => delta.arguments).join(''), call.arguments)
    },
  },
  {
    id: 'tools.results',
    title: 'calls and their results go back to the service, those that failed too',
    async run(bench) {
      needsTools(bench)
      bench.reply(say(bench.words))
      const calls: AssistantPart[] = [
        { type: 'tool-call', id: 'call_1', name: 'get_weather', arguments: '{"city":"Kyiv"}' },
        { type: 'tool-call', id: 'call_2', name: 'get_time', arguments: '{}' },
      ]
      const messages: Message[] = [
        { role: 'user', content: 'The weather?' },
        { role: 'assistant', content: calls },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'call_1', toolName: 'get_weather', content: 'It is sunny.' },
            {
              type: 'tool-result',
              toolCallId: 'call_2',
              toolName: 'get_time',
              content: [{ type: 'text', text: 'The clock stands still.' }],
              isError: true,
            },
          ],
        },
      ]
      for (const { name, call } of bench.ways) {
        const { warnings } = await call(bench.provider, bench.ask({ messages, tools }))
        const asked = bench.asked()
        ok(asked.type === 'chat')
        const sent = partsOf(asked.request.messages)
        const sentCalls = sent.filter((part) => part.type === 'tool-call')
        deepStrictEqual(
          sentCalls.map((part) => [part.name, parsed(part.arguments)]),
          [
            ['get_weather', { city: 'Kyiv' }],
            ['get_time', {}],
          ],
          `${name}: calls on the wire`,
        )
        const results = sent.filter((part) => part.type === 'tool-result')
        strictEqual(results.length, 2, `${name}: results on the wire`)
        match(JSON.stringify(results[0]?.content), /It is sunny\./)
        match(JSON.stringify(results[1]?.content), /The clock stands still\./)
        if (bench.words.tells.toolCallIds) {
          deepStrictEqual(
            results.map((result) => result.toolCallId),
            sentCalls.map((part) => part.id),
            `${name}: ids`,
          )
        }
        const toldOfError = warnings.some(({ parameter }) => parameter?.includes('isError'))
        ok(results[1]?.isError === true || toldOfError, `${name}: that a tool failed is neither sent nor told`)
      }
    },
  },
]

function needsTools({ capabilities }: Bench): void {
  if (!capabilities.tools) doesNotApply('it calls no tools')
}

async function expectCalls(bench: Bench, said: SpokenAnswer): Promise<void> {
  bench.reply(said)
  for (const { name, call } of bench.ways) {
    const response = await call(bench.provider, bench.ask({ tools }))
    expectSaid(response, said, name)
    const calls = response.content.filter((part): part is ToolCallPart => part.type === 'tool-call')
    const ids = calls.map(({ id }) => id)
    strictEqual(new Set(ids).size, ids.length, `${name}: ids are not unique: ${ids.join()}`)
    ok(!ids.includes(''), `${name}: an id is empty`)
    if (!bench.words.tells.toolCallIds) continue
    const saidIds = said.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
    deepStrictEqual(ids, saidIds, `${name}: ids`)
  }
}

function partsOf(messages: readonly Message[]): Exclude<Message['content'], string>[number][] {
  return messages.flatMap(({ content }) => (typeof content === 'string' ? [] : [...content]))
}
