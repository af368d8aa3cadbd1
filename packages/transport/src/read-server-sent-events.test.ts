import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BodyReader, readServerSentEvents, type ServerSentEvent } from './index.ts'

/** A body that hands out `chunks`, then ends, fails, or stays open. */
function bodyOf(chunks: readonly Uint8Array[], end: 'close' | 'stay' | Error = 'close') {
  let next = 0
  const state = { cancelled: false, reads: 0 }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        state.reads += 1
        const chunk = chunks[next++]
        if (chunk) controller.enqueue(chunk)
        else if (end === 'close') controller.close()
        else if (end !== 'stay') controller.error(end)
        else return new Promise<void>(() => {})
        return undefined
      },
      cancel() {
        state.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, state }
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

async function readAll(body: ReadableStream<Uint8Array>): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = []
  for await (const event of readServerSentEvents(body)) events.push(event)
  return events
}

/** Section 9.2.6 of the HTML standard, word by word and slowly. */
function parseBySpecification(text: string): ServerSentEvent[] {
  const events: ServerSentEvent[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  lines.pop() // what has no terminator is not a line
  let event = ''
  let data = ''
  for (const line of lines) {
    if (line === '') {
      if (data !== '') events.push({ event: event || undefined, data: data.slice(0, -1) })
      event = data = ''
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?([^]*))?$/.exec(line) ?? []
    if (field === 'data') data += `${value}\n`
    if (field === 'event') event = value
  }
  return events
}

const terminator = fc.constantFrom('\n', '\r\n', '\r')
const value = fc.oneof(
  fc.constantFrom('', ' ', ':', '{"text":"ü€🌤️"}', '[DONE]', '\uFEFF'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, '')),
)
const field = fc.constantFrom('data', 'data', 'data', 'event', 'id', 'retry', '', 'dat', 'datas', ' data', 'event ')
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(field, fc.constantFrom(':', ': ', ':  ', ''), value).map((parts) => parts.join('')),
  },
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: value },
)
const stream = fc
  .tuple(fc.constantFrom('', '\uFEFF'), fc.array(fc.tuple(line, terminator).map((parts) => parts.join(''))), value)
  .map(([mark, lines, rest]) => mark + lines.join('') + rest)

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...at, bytes.length].map((end, index) => bytes.subarray(at[index - 1] ?? 0, end))
}

describe('readServerSentEvents', () => {
  it('reads any stream as the specification says, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat()), async (text, cuts) => {
        const expected = parseBySpecification(text)
        const bytes = encode(text)
        expect(await readAll(bodyOf([bytes]).body)).toEqual(expected)
        expect(await readAll(bodyOf(split(bytes, cuts)).body)).toEqual(expected)
        const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
        expect(await readAll(bodyOf(single).body)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('yields an event as soon as its last byte is there', async () => {
    const { body, state } = bodyOf([encode('data: a\n\ndata: b\n\nda'), encode('ta: c\n\n')], 'stay')
    const events = readServerSentEvents(body)
    expect((await events.next()).value).toEqual({ event: undefined, data: 'a' })
    expect((await events.next()).value).toEqual({ event: undefined, data: 'b' })
    expect(state.reads).toBe(1)
    expect((await events.next()).value).toEqual({ event: undefined, data: 'c' })
    expect(state.reads).toBe(2)
    await events.return(undefined)
  })

  it('drops the event that the end cuts off', async () => {
    expect(await readAll(bodyOf([encode('data: a\n\ndata: b\n')]).body)).toEqual([{ event: undefined, data: 'a' }])
    expect(await readAll(bodyOf([]).body)).toEqual([])
  })

  it('cancels the body when its reader leaves', async () => {
    const { body, state } = bodyOf([encode('data: a\n\ndata: b\n\n')], 'stay')
    for await (const event of readServerSentEvents(body)) {
      expect(event.data).toBe('a')
      break
    }
    expect(state.cancelled).toBe(true)
  })

  it('cancels the body while a read is waiting, and ends that read', async () => {
    const { body, state } = bodyOf([], 'stay')
    const events = readServerSentEvents(body)
    const waiting = events.next()
    await expect(events.return(undefined)).resolves.toEqual({ value: undefined, done: true })
    await expect(waiting).resolves.toEqual({ value: undefined, done: true })
    expect(state.cancelled).toBe(true)
    await expect(events.next()).resolves.toEqual({ value: undefined, done: true })
  })

  it('yields nothing more after return, not even what has arrived', async () => {
    const events = readServerSentEvents(bodyOf([encode('data: a\n\ndata: b\n\n')]).body)
    await events.next()
    await events.return(undefined)
    await expect(events.next()).resolves.toEqual({ value: undefined, done: true })
  })

  it('returns even when the body does not let itself be cancelled', async () => {
    const body = new ReadableStream<Uint8Array>({
      cancel() {
        throw new Error('stuck')
      },
    })
    await expect(readServerSentEvents(body).return(undefined)).resolves.toEqual({ value: undefined, done: true })
  })

  it('cancels the body when it is thrown at or disposed of', async () => {
    const thrown = bodyOf([], 'stay')
    const reason = new Error('enough')
    await expect(readServerSentEvents(thrown.body).throw(reason)).rejects.toBe(reason)
    expect(thrown.state.cancelled).toBe(true)
    const disposed = bodyOf([], 'stay')
    await readServerSentEvents(disposed.body)[Symbol.asyncDispose]()
    expect(disposed.state.cancelled).toBe(true)
  })

  it('passes on the error of the body, after the events before it, once', async () => {
    const broken = new TypeError('terminated')
    const events = readServerSentEvents(bodyOf([encode('data: a\n\ndata: b')], broken).body)
    expect((await events.next()).value).toEqual({ event: undefined, data: 'a' })
    await expect(events.next()).rejects.toBe(broken)
    await expect(events.next()).resolves.toEqual({ value: undefined, done: true })
  })

  it('serves calls that do not wait for each other in order', async () => {
    const events = readServerSentEvents(bodyOf([encode('data: a\n'), encode('\ndata: b\n\ndata: c\n\n')]).body)
    const results = await Promise.all([events.next(), events.next(), events.next(), events.next()])
    expect(results.map(({ value }) => value?.data)).toEqual(['a', 'b', 'c', undefined])
  })

  describe('from a reader without promises', () => {
    /** A reader that hands over what is there at once, and the rest when `push` brings it. */
    function handedOver(there: Uint8Array[]) {
      let waiting: Parameters<NonNullable<BodyReader['readTo']>> | undefined
      const state = { cancelled: false }
      const reader: BodyReader = {
        read: () => Promise.reject(new Error('not asked for')),
        async cancel() {
          state.cancelled = true
          waiting?.[0]({ done: true })
        },
        readTo(onChunk, onError) {
          const value = there.shift()
          if (value) onChunk({ value, done: false })
          else waiting = [onChunk, onError]
        },
      }
      const push = (text: string): void => waiting?.[0]({ value: encode(text), done: false })
      return { reader, state, push, break: (error: unknown): void => waiting?.[1](error) }
    }

    it('reads what is there, however much, and what comes, in order', async () => {
      const pieces = Array.from({ length: 100_000 }, () => encode('x'))
      const { reader, push } = handedOver([encode('data: '), ...pieces, encode('\n\ndata: b\n\n')])
      const events = readServerSentEvents(reader)
      expect((await events.next()).value?.data).toHaveLength(100_000)
      expect((await events.next()).value?.data).toBe('b')
      const [third, fourth] = [events.next(), events.next()]
      push('data: c\n\nda')
      expect((await third).value?.data).toBe('c')
      await Promise.resolve()
      push('ta: d\n\n')
      expect((await fourth).value?.data).toBe('d')
    })

    it('passes on its error, and gives it up for an event without end', async () => {
      const broken = handedOver([])
      const waiting = readServerSentEvents(broken.reader).next()
      broken.break(new TypeError('terminated'))
      await expect(waiting).rejects.toThrow('terminated')

      const endless = handedOver([encode('data: ')])
      const never = readServerSentEvents(endless.reader).next()
      const megabyte = 'x'.repeat(2 ** 20)
      for (let count = 0; count < 33; count++) endless.push(megabyte)
      await expect(never).rejects.toMatchObject({ code: 'event-too-large' })
      expect(endless.state.cancelled).toBe(true)
    })

    it('ends a read that waits when it is returned', async () => {
      const { reader, state } = handedOver([])
      const events = readServerSentEvents(reader)
      const waiting = events.next()
      await events.return(undefined)
      await expect(waiting).resolves.toEqual({ value: undefined, done: true })
      expect(state.cancelled).toBe(true)
    })
  })

  it('gives up a stream whose event never ends, and cancels it', async () => {
    const chunk = encode('x'.repeat(2 ** 20))
    const { body, state } = bodyOf([encode('data: '), ...Array.from({ length: 40 }, () => chunk)], 'stay')
    await expect(readServerSentEvents(body).next()).rejects.toMatchObject({ code: 'event-too-large' })
    expect(state.cancelled).toBe(true)
    expect(state.reads).toBeLessThan(40)
  })

  it('reads an event of many small pieces in linear time', async () => {
    const pieces = Array.from({ length: 200_000 }, () => encode('xy'))
    const [event] = await readAll(bodyOf([encode('data: '), ...pieces, encode('\n\n')]).body)
    expect(event?.data).toHaveLength(400_000)
  })
})
