import type { ChatResponse } from '@llmfb/core/provider'
import { isProviderError } from '@llmfb/core/provider'
import { ok, strictEqual } from 'node:assert/strict'
import type { WireAnswer } from '../../wire/wire-answer.ts'
import type { Bench, Way } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { failureOf, within } from '../expect.ts'
import { join, say, toBytes } from '../spoken.ts'
import { needsStreams, richAnswer } from './stream.ts'

const noAnswers = ['', ' ', 'null', 'true', '7', '"text"', '[]', '{}', '{"a":1}', '<html>', '{"', '\u0000', 'data: {}']
const notAnAnswer = ['malformed', 'truncated', 'empty'] as const

/** Answers that are none. */
export const malformedCases: readonly Case[] = [
  {
    id: 'malformed.bodies',
    title: 'a good status with something else than an answer is a failure',
    async run(bench) {
      const { headers = {} } = bench.words.answer(say(bench.words))
      for (const body of noAnswers) {
        bench.server.answer({ headers, body })
        const what = `the body ${JSON.stringify(body)}`
        const error = await failureOf(bench.provider.chat(bench.ask()), what, [...notAnAnswer, 'server', 'unknown'])
        strictEqual(error.provider, bench.provider.id, what)
      }
    },
  },
  {
    id: 'malformed.streams',
    title: 'a stream with something else than an answer is a failure',
    async run(bench) {
      needsStreams(bench)
      const { words } = bench
      const { headers } = words.stream(say(words))
      for (const body of ['', ' ', '\n', '<html>no</html>', 'null', '{}', '[]', 'data: {}\n\n', words.frame('null')]) {
        bench.server.answer({ headers, body })
        const what = `the stream ${JSON.stringify(typeof body === 'string' ? body : [...body])}`
        await failureOf(streamed(bench).call(bench.provider, bench.ask()), what, notAnAnswer)
      }
    },
  },
  {
    id: 'malformed.events',
    title: 'an event that is none is a failure, wherever it comes',
    async run(bench) {
      needsStreams(bench)
      const { words } = bench
      const { headers, events } = words.stream(richAnswer(bench))
      for (const data of ['{"broken":', 'no JSON at all', '"text"', '7']) {
        for (let at = 0; at < events.length; at++) {
          bench.server.answer({ headers, body: join([...events.slice(0, at), words.frame(data), ...events.slice(at)]) })
          await failureOf(streamed(bench).call(bench.provider, bench.ask()), `${data} as event ${at}`, ['malformed'])
        }
      }
    },
  },
  {
    id: 'malformed.damaged',
    title: 'a damaged frame is a failure',
    async run(bench) {
      needsStreams(bench)
      const { words } = bench
      if (words.framing !== 'binary') doesNotApply('its streams are text, which has no checksums')
      const { headers, events } = words.stream(say(words))
      const body = join(events)
      for (let at = 0; at < body.length; at += Math.max(1, Math.floor(body.length / 64))) {
        const damaged = body.slice()
        damaged[at] = (damaged[at] ?? 0) ^ 0x55
        bench.server.answer({ headers, body: damaged })
        const what = `damaged at byte ${at}`
        await failureOf(streamed(bench).call(bench.provider, bench.ask()), what, [...notAnAnswer, 'network'])
      }
    },
  },
  {
    id: 'malformed.fields',
    title:
      'an answer whose fields are of another kind is read as far as it goes, or a ProviderError; never anything else',
    async run(bench) {
      const answer = bench.words.answer(richAnswer(bench))
      const parsed: unknown = JSON.parse(new TextDecoder().decode(toBytes(answer.body as string)))
      for (const body of distorted(parsed))
        await expectNoAccident(bench, { ...answer, body }, asked(bench, 'chat'), body)
      if (!bench.capabilities.streaming || bench.words.framing === 'binary') return
      const { headers, events } = bench.words.stream(richAnswer(bench))
      for (const [at, event] of events.entries()) {
        const text = new TextDecoder().decode(toBytes(event))
        const json = /\{.*\}/.exec(text)?.[0]
        if (json === undefined) continue
        for (const other of distorted(JSON.parse(json))) {
          const body = join([...events.slice(0, at), text.replace(json, () => other), ...events.slice(at + 1)])
          await expectNoAccident(bench, { headers, body }, asked(bench, 'stream'), `event ${at}: ${other}`)
        }
      }
    },
  },
]

/** The same JSON with one of its values, at a time, of another kind. */
function distorted(value: unknown): string[] {
  const texts: string[] = []
  const walk = (inner: unknown, put: (other: unknown) => unknown): void => {
    for (const other of [null, 7, 'x', [], {}]) texts.push(JSON.stringify(put(other)))
    if (Array.isArray(inner)) inner.forEach((item, at) => walk(item, (other) => put(inner.with(at, other))))
    else if (typeof inner === 'object' && inner !== null) {
      for (const [name, item] of Object.entries(inner)) walk(item, (other) => put({ ...inner, [name]: other }))
    }
  }
  walk(value, (other) => other)
  return texts
}

async function expectNoAccident(bench: Bench, answer: WireAnswer, way: Way, what: string): Promise<void> {
  bench.server.answer(answer)
  let response: ChatResponse
  try {
    response = await within(way.call(bench.provider, bench.ask()), what)
  } catch (error) {
    ok(isProviderError(error), `${way.name}, ${what}: ${String(error)}`)
    ok(error.kind !== 'network' && error.kind !== 'aborted', `${way.name}, ${what}: kind '${error.kind}'`)
    return
  }
  const { text, content, finishReason, model, usage } = response
  ok(typeof text === 'string' && typeof model === 'string', `${way.name}, ${what}: text or model is no text`)
  ok(typeof finishReason.raw === 'string', `${way.name}, ${what}: the reason for the end is no text`)
  for (const part of content) {
    if (part.type === 'text' || part.type === 'reasoning')
      strictEqual(typeof part.text, 'string', `${way.name}, ${what}`)
    if (part.type !== 'tool-call') continue
    const isCall = [part.id, part.name, part.arguments].every((field) => typeof field === 'string') && part.name !== ''
    ok(isCall, `${way.name}, ${what}: a tool call that is none: ${JSON.stringify(part)}`)
  }
  for (const count of Object.values(usage ?? {})) {
    ok(typeof count === 'number' && count >= 0, `${way.name}, ${what}: usage ${JSON.stringify(usage)}`)
  }
}

function asked({ ways }: Bench, name: Way['name']): Way {
  return ways.find((way) => way.name === name) ?? doesNotApply(`it has no ${name}`)
}

function streamed(bench: Bench): Way {
  return asked(bench, 'stream')
}
