import type { ChatRequest, Media, UserPart } from '@llmfb/core/provider'
import { Buffer } from 'node:buffer'
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { expectRefused } from '../refused.ts'
import { emptyPdf, pixel, schema } from '../requests.ts'
import { say } from '../spoken.ts'

const picture = (image: Media): UserPart => ({ type: 'image', image })
const paper = (file: Media): UserPart => ({ type: 'file', file, filename: 'paper.pdf' })
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))

/** What goes in besides text, and the form of what is to come out. */
export const inputCases: readonly Case[] = [
  {
    id: 'input.image-bytes',
    title: 'pictures as bytes or base64 reach the service, or are refused by models that see none',
    run: (bench) =>
      expectInput(bench, 'image', [
        picture({ data: pixel, mediaType: 'image/png' }),
        picture({ data: bytesOf(pixel), mediaType: 'image/png' }),
        picture({ url: `data:image/png;base64,${pixel}` }),
      ]),
  },
  {
    id: 'input.image-url',
    title: 'a picture by its address reaches the service, or is refused where that takes none',
    run: (bench) => expectInput(bench, 'image', [picture({ url: 'https://example.org/sky.png' })], true),
  },
  {
    id: 'input.file-bytes',
    title: 'files as bytes or base64 reach the service, or are refused by models that read none',
    run: (bench) =>
      expectInput(bench, 'file', [
        paper({ data: emptyPdf, mediaType: 'application/pdf' }),
        paper({ data: bytesOf(emptyPdf), mediaType: 'application/pdf' }),
      ]),
  },
  {
    id: 'input.file-url',
    title: 'a file by its address reaches the service, or is refused where that takes none',
    run: (bench) => expectInput(bench, 'file', [paper({ url: 'https://example.org/paper.pdf' })], true),
  },
  {
    id: 'formats.json',
    title: 'JSON is asked for, or refused where a model has no such format',
    run: (bench) => expectFormat(bench, { type: 'json' }),
  },
  {
    id: 'formats.json-schema',
    title: 'JSON of a schema is asked for, or refused where a model has no such format',
    run: (bench) => expectFormat(bench, { type: 'json-schema', schema, name: 'answer' }),
  },
  {
    id: 'formats.not-strict',
    title: 'that an answer need not keep to its schema is sent, or its loss is told',
    async run(bench) {
      if (!bench.capabilities.responseFormats.includes('json-schema')) doesNotApply('it has no such format')
      bench.reply(say(bench.words))
      const responseFormat = { type: 'json-schema', schema, strict: false } as const
      for (const { name, call } of bench.ways) {
        const { warnings } = await call(bench.provider, bench.ask({ responseFormat }))
        const isSent = JSON.stringify(bench.server.requests.at(-1)?.body).includes('"strict":false')
        const isTold = warnings.some(({ parameter }) => parameter === 'responseFormat.strict')
        ok(isSent !== isTold, `${name}: it is ${isSent ? 'sent, and told to be lost' : 'neither sent nor told'}`)
      }
    },
  },
  {
    id: 'cache.breakpoints',
    title: 'breakpoints of the prompt cache are sent where they have an effect, and change nothing elsewhere',
    async run(bench) {
      bench.reply(say(bench.words))
      const content = [{ type: 'text', text: 'Be brief.', cacheBreakpoint: { ttl: '1h' } }] as const
      const messages: ChatRequest['messages'] = [
        { role: 'system', content },
        { role: 'user', content: 'Why is the sky blue?' },
      ]
      for (const { name, call } of bench.ways) {
        const { text } = await call(bench.provider, bench.ask({ messages }))
        strictEqual(text, 'The sky is blue.', name)
        const asked = bench.asked()
        ok(asked.type === 'chat')
        const [first] = asked.request.messages
        const part = typeof first?.content === 'string' ? undefined : first?.content[0]
        const sent = part && 'cacheBreakpoint' in part ? part.cacheBreakpoint : undefined
        deepStrictEqual(sent, bench.capabilities.promptCache ? { ttl: '1h' } : undefined, `${name}: on the wire`)
      }
    },
  },
  {
    id: 'cache.limit',
    title: 'no more breakpoints are sent than the service takes, and the loss is told',
    async run(bench) {
      const { promptCache, cacheBreakpoints: most } = bench.capabilities
      if (!promptCache || most === undefined) doesNotApply('breakpoints have no effect, or no limit')
      bench.reply(say(bench.words))
      const content = Array.from({ length: most + 2 }, (_, index) => {
        return { type: 'text', text: `Part ${index}.`, cacheBreakpoint: {} } as const
      })
      for (const { name, call } of bench.ways) {
        const { warnings } = await call(bench.provider, bench.ask({ messages: [{ role: 'user', content }] }))
        const asked = bench.asked()
        ok(asked.type === 'chat')
        const sent = asked.request.messages.flatMap((message) =>
          typeof message.content === 'string'
            ? []
            : message.content.filter((part) => 'cacheBreakpoint' in part && part.cacheBreakpoint !== undefined),
        )
        strictEqual(sent.length, most, `${name}: on the wire`)
        ok(warnings.length > 0, `${name}: nothing says that two were left out`)
      }
    },
  },
]

async function expectInput(
  bench: Bench,
  kind: 'image' | 'file',
  parts: readonly UserPart[],
  mayBeRefused = false,
): Promise<void> {
  bench.reply(say(bench.words))
  for (const part of parts) {
    const messages: ChatRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, part] }]
    for (const { name, call } of bench.ways) {
      const before = bench.server.requests.length
      const made = call(bench.provider, bench.ask({ messages }))
      if (!bench.capabilities.input.includes(kind)) {
        await expectRefused(bench, made, 'messages[0].content[1]', name)
        continue
      }
      if (mayBeRefused) await made.catch(() => {})
      else await made
      if (bench.server.requests.length === before) await expectRefused(bench, made, 'messages[0].content[1]', name)
      else expectOnWire(bench, kind, part, name)
    }
  }
}

function expectOnWire(bench: Bench, kind: 'image' | 'file', part: UserPart, what: string): void {
  const asked = bench.asked()
  ok(asked.type === 'chat')
  const sent = asked.request.messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : [...content]))
    .find(({ type }) => type === kind)
  ok(sent?.type === 'image' || sent?.type === 'file', `${what}: it was not sent`)
  const media = sent.type === 'image' ? sent.image : sent.file
  const given = part.type === 'image' ? part.image : part.type === 'file' ? part.file : { url: '' }
  if ('url' in given && !given.url.startsWith('data:')) {
    deepStrictEqual(media, given, `${what}: the address on the wire`)
    return
  }
  strictEqual('data' in media ? media.data : undefined, kind === 'image' ? pixel : emptyPdf, `${what}: the bytes`)
}

async function expectFormat(bench: Bench, responseFormat: NonNullable<ChatRequest['responseFormat']>): Promise<void> {
  bench.reply(say(bench.words))
  const { responseFormats } = bench.capabilities
  for (const { name, call } of bench.ways) {
    const made = call(bench.provider, bench.ask({ responseFormat }))
    if (responseFormat.type === 'text') doesNotApply('text is no format')
    if (!responseFormats.includes(responseFormat.type)) {
      await expectRefused(bench, made, 'responseFormat', name)
      continue
    }
    await made
    const asked = bench.asked()
    ok(asked.type === 'chat')
    const sent = asked.request.responseFormat
    strictEqual(sent?.type, responseFormat.type, `${name}: on the wire`)
    if (sent?.type === 'json-schema') deepStrictEqual(sent.schema, schema, `${name}: the schema on the wire`)
  }
}
