import type { StreamEvent } from '@llmfb/core/provider'
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Bench } from '../bench.ts'
import { checkEvents } from '../../check-events.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { expectSaid, within } from '../expect.ts'
import { join, say, text, toBytes } from '../spoken.ts'
import type { SpokenAnswer, SpokenPart } from '../../dialect/wire-dialect.ts'
import { collectStream } from '@llmfb/core/provider'

/** How streams are read, however they come. */
export const streamCases: readonly Case[] = [
  {
    id: 'stream.pieces',
    title: 'a stream is read alike whole, byte by byte and in random pieces, split characters included',
    async run(bench) {
      const said = richAnswer(bench)
      for (const pieces of ['whole', 'bytes', { seed: 1 }, { seed: 2 }, { seed: 3 }] as const) {
        bench.reply(said, (answer) => ({ ...answer, pieces }))
        expectSaid(await read(bench), said, JSON.stringify(pieces))
      }
    },
  },
  {
    id: 'stream.line-ends',
    title: 'every form of line ends is understood',
    async run(bench) {
      const { framing } = bench.words
      if (framing === 'binary') doesNotApply('its streams have no lines')
      const said = richAnswer(bench)
      const forms = framing === 'json-lines' ? ['\r\n'] : ['\r\n', '\r']
      for (const form of forms) {
        for (const pieces of ['whole', 'bytes'] as const) {
          bench.reply(said, (answer) => ({ ...answer, pieces, body: withLineEnds(answer.body as Uint8Array, form) }))
          expectSaid(await read(bench), said, `${JSON.stringify(form)}, ${pieces}`)
        }
      }
    },
  },
  {
    id: 'stream.noise',
    title: 'comments, pings and events of tomorrow change nothing, wherever they stand',
    async run(bench) {
      const { words } = bench
      if (words.noise.length === 0) doesNotApply('its streams hold nothing but answers')
      const said = richAnswer(bench)
      const { headers, events } = words.stream(said)
      for (const [index, noise] of words.noise.entries()) {
        for (let at = index === 0 ? 0 : 1; at < events.length; at++) {
          bench.server.answer({ headers, body: join([...events.slice(0, at), noise, ...events.slice(at)]) })
          expectSaid(await read(bench), said, `noise ${index} before event ${at}`)
        }
      }
    },
  },
  {
    id: 'stream.incremental',
    title: 'what has arrived is handed on at once, not at the end',
    async run(bench) {
      const { words, provider, server } = bench
      needsStreams(bench)
      const said = say(words, { parts: [text('One ', 'two ', 'three.')] })
      const { headers, events } = words.stream(said)
      let release = (): void => {}
      const released = new Promise<void>((done) => (release = done))
      async function* slowly(): AsyncGenerator<Uint8Array, void, undefined> {
        for (const event of events.slice(0, -2)) yield toBytes(event)
        await released
        for (const event of events.slice(-2)) yield toBytes(event)
      }
      server.answer({ headers, body: slowly() })
      const stream = provider.stream(bench.ask())[Symbol.asyncIterator]()
      try {
        const first = await within(nextText(stream), 'the first text of a stream that goes on')
        ok(first.startsWith('One'), `the first text: ${first}`)
        release()
        let rest = first
        for (;;) {
          const next = await within(stream.next(), 'the rest of the stream')
          if (next.done === true) break
          if (next.value.type === 'text-delta') rest += next.value.text
        }
        strictEqual(rest, 'One two three.')
      } finally {
        release()
      }
    },
  },
  {
    id: 'stream.like-chat',
    title: 'a stream, collected, is what chat answers',
    async run(bench) {
      needsStreams(bench)
      bench.reply(richAnswer(bench))
      const request = bench.ask()
      const { rateLimits: _1, finishReason, ...whole } = await bench.provider.chat(request)
      const { rateLimits: _2, finishReason: streamed, ...collected } = await read(bench)
      strictEqual(streamed.unified, finishReason.unified)
      deepStrictEqual({ ...collected, content: kindsOf(collected) }, { ...whole, content: kindsOf(whole) })
    },
  },
  {
    id: 'stream.held-open',
    title: 'an answer that is complete is complete, though the connection stays open, which is then let go',
    async run(bench) {
      needsStreams(bench)
      const said = say(bench.words)
      bench.reply(said, (answer) => ({ ...answer, hold: true }))
      expectSaid(await within(read(bench), 'a complete stream on an open connection'), said, 'held open')
      const isOver = async (): Promise<void> => {
        while (bench.server.answering > 0) await new Promise<void>((done) => void bench.clock.schedule(5, done))
      }
      await within(isOver(), 'letting go of the connection')
    },
  },
]

export function needsStreams({ capabilities }: Bench): void {
  if (!capabilities.streaming) doesNotApply('it does not stream')
}

/** As much as the service can say at once. */
export function richAnswer({ words, capabilities }: Bench): SpokenAnswer {
  const thoughts: SpokenPart = {
    type: 'reasoning',
    pieces: ['Let me ', 'see… ', 'небо 🌤'],
    ...(words.tells.reasoning === 'signed' && { signature: 'c2lnbmVk' }),
  }
  const call: SpokenPart = {
    type: 'tool-call',
    id: 'call_abc123',
    name: 'get_weather',
    pieces: ['{"ci', 'ty":"Київ', ' 🌤"}'],
  }
  return say(words, {
    parts: [
      ...(capabilities.reasoning && words.tells.reasoning !== 'no' ? [thoughts] : []),
      text('Я дивлюсь', ' 🌤 ', '“зараз”.\n'),
      ...(capabilities.tools ? [call] : []),
    ],
    finish: capabilities.tools ? 'tool-calls' : 'stop',
  })
}

async function read(bench: Bench): ReturnType<typeof collectStream<StreamEvent>> {
  needsStreams(bench)
  return collectStream(checkEvents(bench.provider.stream(bench.ask())))
}

async function nextText(stream: AsyncIterator<StreamEvent>): Promise<string> {
  for (;;) {
    const next = await stream.next()
    if (next.done === true) throw new Error('the stream ended without text')
    if (next.value.type === 'text-delta') return next.value.text
  }
}

/** Replaces line feeds between lines; those within JSON are escaped. */
function withLineEnds(body: Uint8Array, form: string): string {
  return new TextDecoder().decode(body).replaceAll(/\r?\n/g, form)
}

function kindsOf({ content }: { readonly content: readonly { readonly type: string }[] }): string[] {
  return content.map(({ type }) => type).sort()
}
