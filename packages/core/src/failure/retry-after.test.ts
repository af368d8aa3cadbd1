import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration, parseRetryAfter } from './retry-after.ts'

const dayMs = 24 * 60 * 60 * 1000
const now = Date.UTC(2026, 10, 21, 6, 0, 0)

function parse(headers: Readonly<Record<string, string | null>>, wallTimeMs = now): number | undefined {
  return parseRetryAfter((name) => headers[name], wallTimeMs)
}

const parseOne = (value: string, wallTimeMs = now): number | undefined => parse({ 'retry-after': value }, wallTimeMs)

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number, fill = '0'): string => String(value).padStart(2, fill)

/** The forms of a date in RFC 9110, 5.6.7, and ISO 8601. */
const dateForms: Readonly<Record<string, (date: Date) => string>> = {
  'IMF-fixdate': (date) => date.toUTCString(),
  'RFC 850': (date) => {
    const day = `${two(date.getUTCDate())}-${months[date.getUTCMonth()]}-${two(date.getUTCFullYear() % 100)}`
    return `${weekdays[date.getUTCDay()]}, ${day} ${date.toISOString().slice(11, 19)} GMT`
  },
  asctime: (date) => {
    const day = `${months[date.getUTCMonth()]} ${two(date.getUTCDate(), ' ')}`
    return `${weekdays[date.getUTCDay()]?.slice(0, 3)} ${day} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()}`
  },
  'ISO 8601': (date) => date.toISOString(),
  'ISO 8601 with an offset': (date) => `${new Date(date.getTime() + 5.5 * 3_600_000).toISOString().slice(0, 19)}+05:30`,
}

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['0.5', 500],
    ['1.0004', 1001],
    ['20s', 20_000],
    ['1m2.5s', 62_500],
    ['820ms', 820],
    ['1H', 3_600_000],
    ['1d', dayMs],
  ])('reads %j', (value, waitMs) => expect(parseOne(value)).toBe(waitMs))

  it.each([
    '',
    ' ',
    'soon',
    '-1',
    '-0.5',
    '+5',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '1,5',
    '1.',
    '.5',
    '5 s',
    's',
    '2026',
    '1m-2s',
    'null',
    'Sat, 99 Foo 2026 06:00:00 GMT',
    '2026-11-21',
    '2026-13-41T99:00:00Z',
    'Sat, 21 Nov 2026 06:00:00',
    'yesterday, 21 Nov 2026 06:00:00 GMT',
  ])('understands nothing in %j', (value) => {
    expect(parseOne(value)).toBe(value === '2026' ? 2_026_000 : undefined)
  })

  it('prefers milliseconds to seconds, and falls back from what it does not understand', () => {
    expect(parse({ 'retry-after-ms': '1500', 'retry-after': '9' })).toBe(1500)
    expect(parse({ 'x-ms-retry-after-ms': '1500.2', 'retry-after': '9' })).toBe(1501)
    expect(parse({ 'retry-after-ms': '-1', 'x-ms-retry-after-ms': '20', 'retry-after': '9' })).toBe(20)
    expect(parse({ 'retry-after-ms': 'soon', 'retry-after': '9' })).toBe(9000)
    expect(parse({ 'retry-after-ms': null })).toBeUndefined()
    expect(parse({})).toBeUndefined()
  })

  it('cuts what is longer than a day to a day, however long it is', () => {
    for (const value of ['86401', '99999999999', '9'.repeat(30), '9'.repeat(400), '400d', '999999h']) {
      expect(parseOne(value), value).toBe(dayMs)
    }
    expect(parse({ 'retry-after-ms': '9'.repeat(400) })).toBe(dayMs)
    expect(parseOne(new Date(now + 10 * dayMs).toUTCString())).toBe(dayMs)
  })

  it('takes a date by the clock of the service that sent it', () => {
    const anHourAhead = (ms: number): string => new Date(now + 3_600_000 + ms).toUTCString()
    expect(parse({ 'retry-after': anHourAhead(30_000), date: anHourAhead(0) })).toBe(30_000)
    expect(parse({ 'retry-after': anHourAhead(30_000), date: 'no date' })).toBe(3_630_000)
    expect(parse({ 'retry-after': '7', date: anHourAhead(0) })).toBe(7000)
  })

  it('takes a date that has passed for no wait', () => {
    for (const form of Object.values(dateForms)) expect(parseOne(form(new Date(now - 5000)))).toBe(0)
  })

  for (const [name, form] of Object.entries(dateForms)) {
    it(`gives back the wait that a date in the form ${name} was made from`, () => {
      const instant = fc.date({ min: new Date(0), max: new Date(Date.UTC(2098, 11, 30)), noInvalidDate: true })
      fc.assert(
        fc.property(instant, fc.integer({ min: 0, max: 86_400 }), (date, waitS) => {
          const wallTimeMs = Math.floor(date.getTime() / 1000) * 1000
          expect(parseOne(form(new Date(wallTimeMs + waitS * 1000)), wallTimeMs)).toBe(waitS * 1000)
        }),
      )
    })
  }

  it('reads any number of seconds and milliseconds exactly, rounded up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: dayMs }), (waitMs) => {
        expect(parse({ 'retry-after-ms': String(waitMs) })).toBe(waitMs)
        const ms = parseOne((waitMs / 1000).toFixed(3))
        expect(ms).toBeGreaterThanOrEqual(waitMs)
        expect(ms).toBeLessThanOrEqual(Math.min(waitMs + 1, dayMs))
      }),
    )
  })

  it('gives nothing, or a whole number from 0 to a day, for whatever is sent', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'0123456789.-+eE:, smhdTZGMT/'.split('')) }),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.date().map((date) => String(date)),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    )
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 4e12 }), (value, wallTimeMs) => {
        for (const name of ['retry-after', 'retry-after-ms', 'x-ms-retry-after-ms']) {
          const waitMs = parse({ [name]: value }, wallTimeMs)
          if (waitMs === undefined) continue
          expect(Number.isInteger(waitMs)).toBe(true)
          expect(waitMs).toBeGreaterThanOrEqual(0)
          expect(waitMs).toBeLessThanOrEqual(dayMs)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('parseDuration', () => {
  it('gives back the span that a text was made from', () => {
    const part = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max })
    fc.assert(
      fc.property(part(23), part(59), part(59), part(999), (hours, minutes, seconds, ms) => {
        const totalMs = ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
        expect(parseDuration(`${hours}h${minutes}m${seconds}s${ms}ms`)).toBe(totalMs)
        const text = `${hours * 60 + minutes}m${seconds}.${String(ms).padStart(3, '0')}s`
        expect(Math.abs((parseDuration(text) ?? Number.NaN) - totalMs)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('takes no time for texts that are long and almost right', () => {
    const startedAt = performance.now()
    for (const unit of ['1m', '1.', '11', 'ms', '1s']) parseDuration(`${unit.repeat(200_000)}!`)
    expect(performance.now() - startedAt).toBeLessThan(500)
  })

  it.each(['', 'ms', '5', '5x', '-5s', '5s5', `1${'0'.repeat(40)}s`])('reads nothing in %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})
