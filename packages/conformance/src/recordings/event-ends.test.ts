import { describe, expect, it } from 'vitest'
import { eventEnds } from './event-ends.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('eventEnds', () => {
  it('is behind the blank line of each server-sent event, however lines end', () => {
    expect(eventEnds(encode('data: a\n\ndata: b\ndata: c\n\n'), 'text/event-stream; charset=utf-8')).toEqual([9, 26])
    expect(eventEnds(encode('data: a\r\n\r\ndata: ü\r\n\r\nda'), 'text/event-stream')).toEqual([11, 23])
    expect(eventEnds(encode(': x\n\n\n'), 'text/event-stream')).toEqual([5, 6])
  })

  it('is behind each line of JSON', () => {
    expect(eventEnds(encode('{"a":1}\n{"b":2}\n{"c'), 'application/x-ndjson')).toEqual([8, 16])
  })

  it('is behind each message of an AWS event stream', () => {
    const message = (length: number): number[] => [0, 0, 0, length, ...Array.from({ length: length - 4 }, () => 0x0a)]
    const body = Uint8Array.from([...message(16), ...message(20), 0, 0, 0, 99])
    expect(eventEnds(body, 'application/vnd.amazon.eventstream')).toEqual([16, 36])
  })
})
