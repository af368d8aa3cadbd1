import { describe, expect, it } from 'vitest'
import { createEventParser, type ServerSentEvent } from './event-parser.ts'
import { EventTooLargeError } from './event-too-large-error.ts'

function parse(...pieces: string[]): ServerSentEvent[] {
  const parser = createEventParser()
  const events: ServerSentEvent[] = []
  for (const piece of pieces) {
    parser.write(piece)
    for (let event = parser.take(); event; event = parser.take()) events.push(event)
  }
  return events
}

const data = (...texts: string[]): ServerSentEvent[] => texts.map((text) => ({ event: undefined, data: text }))

describe('createEventParser', () => {
  it.each([
    ['a field with a space', 'data: a\n\n', data('a')],
    ['only one space is dropped', 'data:  a\n\n', data(' a')],
    ['no space', 'data:a\n\n', data('a')],
    ['a colon in the value', 'data: {"a":1}\n\n', data('{"a":1}')],
    ['several lines', 'data: a\ndata:\ndata: b\n\n', data('a\n\nb')],
    ['empty data', 'data:\n\n', data('')],
    ['a field without a colon', 'data\n\n', data('')],
    ['two empty lines of data', 'data\ndata\n\n', data('\n')],
    ['a space as data', 'data: \n\ndata:  \n\n', data('', ' ')],
    ['a name', 'event: ping\ndata: {}\n\ndata: x\n\n', [{ event: 'ping', data: '{}' }, ...data('x')]],
    ['the last name counts', 'event: a\nevent: b\ndata: x\n\n', [{ event: 'b', data: 'x' }]],
    ['an empty name is none', 'event: a\nevent:\ndata: x\n\n', data('x')],
    ['a name without data', 'event: ping\n\ndata: x\n\n', data('x')],
    ['comments', ': OPENROUTER PROCESSING\n\n:\ndata: x\n:y\n\n', data('x')],
    ['fields of no concern', 'id: 1\nretry: 5\nfoo: bar\ndata: x\n\n', data('x')],
    ['names that only begin alike', 'dataset: a\nevents: b\nda: c\n data: d\ndata : e\ndata: x\n\n', data('x')],
    ['blank lines', '\n\n\r\n\rdata: x\n\n\n\n', data('x')],
    ['CR LF', 'event: a\r\ndata: x\r\n\r\ndata: y\r\n\r\n', [{ event: 'a', data: 'x' }, ...data('y')]],
    ['CR', 'event: a\rdata: x\r\rdata: y\r\r', [{ event: 'a', data: 'x' }, ...data('y')]],
    ['all terminators mixed', 'data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\n\n', data('a\nb\nc', 'd')],
    ['LF CR is two line ends', 'data: a\n\rdata: b\n\r', data('a', 'b')],
    ['an unfinished event', 'data: a\n\ndata: b\n', data('a')],
    ['an unfinished line', 'data: a\n\ndata: b', data('a')],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => {
    expect(parse(text)).toEqual(expected)
    expect(parse(...text.split(''))).toEqual(expected)
  })

  it('takes a CR at the end of a piece as a line end at once, and the LF after it as part of it', () => {
    expect(parse('data: a\r\n\r')).toEqual(data('a'))
    expect(parse('data: a\r\n\r', '\ndata: b\n', '\n')).toEqual(data('a', 'b'))
    expect(parse('data: a\r', '', '\ndata: b\r\n\r', 'data: c\n\n')).toEqual(data('a\nb', 'c'))
  })

  it('refuses an event that is too large, in one line or in many, complete or not', () => {
    const feed = (...pieces: string[]) => {
      const parser = createEventParser(100)
      for (const piece of pieces) {
        parser.write(piece)
        while (parser.take());
      }
    }
    const long = 'x'.repeat(101)
    expect(() => feed(`data: ${long}\n\n`)).toThrow(EventTooLargeError)
    expect(() => feed('data: ', ...long.split(''))).toThrow(EventTooLargeError)
    expect(() => feed(`: ${long}`)).toThrow(EventTooLargeError)
    expect(() => feed(...Array.from({ length: 60 }, () => 'data: x\n'))).toThrow(EventTooLargeError)
    expect(() => feed(...Array.from({ length: 60 }, () => 'data: x\n\n'))).not.toThrow()
    expect(() => feed(`data: ${'x'.repeat(100)}\n\n`)).not.toThrow()
  })

  it('says how large is too large', () => {
    expect(new EventTooLargeError(32 * 2 ** 20)).toMatchObject({
      name: 'EventTooLargeError',
      code: 'event-too-large',
      limit: 33_554_432,
      message: 'A server-sent event is larger than 32 MiB.',
    })
  })
})
