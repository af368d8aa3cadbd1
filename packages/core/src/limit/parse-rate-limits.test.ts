import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { RateLimit } from '../provider/rate-limit.ts'
import { parseRateLimits, type RateLimitNames } from './parse-rate-limits.ts'

type HeaderValues = Readonly<Record<string, string>>

/** 2026-11-21T00:00:00Z */
const wallTimeMs = 1_795_219_200_000

function parse(headers: HeaderValues, names?: readonly RateLimitNames[]): readonly RateLimit[] {
  return parseRateLimits((name) => headers[name], wallTimeMs, names)
}

function parseReset(reset: string, rest: HeaderValues = {}): number | undefined {
  const headers = { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': reset, ...rest }
  return parse(headers)[0]?.resetsInMs
}

const vendorNames = (['requests', 'input-tokens'] as const).map((counts): RateLimitNames => ({
  counts,
  limit: `vendor-${counts}-limit`,
  remaining: `vendor-${counts}-remaining`,
  reset: `vendor-${counts}-reset`,
}))

// What services really answered, in the order of their names.
const recorded: readonly (readonly [service: string, HeaderValues, readonly RateLimit[]])[] = [
  [
    'Azure OpenAI, with milliseconds',
    {
      'x-ratelimit-abusepenalty-active': 'False',
      'x-ratelimit-limit-requests': '120',
      'x-ratelimit-limit-tokens': '120000',
      'x-ratelimit-remaining-requests': '119',
      'x-ratelimit-remaining-tokens': '119986',
      'x-ratelimit-renewalperiod-requests': '60',
      'x-ratelimit-renewalperiod-tokens': '60',
      'x-ratelimit-reset-requests': '500',
      'x-ratelimit-reset-tokens': '7',
    },
    [
      { counts: 'tokens', limit: 120_000, remaining: 119_986, resetsInMs: 7000 },
      { counts: 'requests', limit: 120, remaining: 119, resetsInMs: 500 },
    ],
  ],
  [
    'Azure OpenAI, with seconds',
    {
      'x-ratelimit-key': 'gpt-5.6-luna',
      'x-ratelimit-remaining-requests': '49',
      'x-ratelimit-reset-requests': '1',
      'x-ratelimit-limit-requests': '50',
      'x-ratelimit-renewalperiod-requests': '60',
      'x-ratelimit-remaining-tokens': '49990',
      'x-ratelimit-reset-tokens': '0',
      'x-ratelimit-limit-tokens': '50000',
      'x-ratelimit-renewalperiod-tokens': '60',
    },
    [
      { counts: 'tokens', limit: 50_000, remaining: 49_990, resetsInMs: 0 },
      { counts: 'requests', limit: 50, remaining: 49, resetsInMs: 1000 },
    ],
  ],
  [
    'Groq',
    {
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-limit-tokens': '30000',
      'x-ratelimit-remaining-requests': '14398',
      'x-ratelimit-remaining-tokens': '29987',
      'x-ratelimit-reset-requests': '11.486s',
      'x-ratelimit-reset-tokens': '26ms',
    },
    [
      { counts: 'tokens', limit: 30_000, remaining: 29_987, resetsInMs: 26 },
      { counts: 'requests', limit: 14_400, remaining: 14_398, resetsInMs: 11_486 },
    ],
  ],
  [
    'Mistral',
    {
      'x-ratelimit-limit-req-minute': '100',
      'x-ratelimit-limit-tokens-minute': '100000',
      'x-ratelimit-remaining-req-minute': '98',
      'x-ratelimit-remaining-tokens-minute': '98941',
      'x-ratelimit-tokens-query-cost': '353',
    },
    [
      { counts: 'tokens', limit: 100_000, remaining: 98_941 },
      { counts: 'requests', limit: 100, remaining: 98 },
    ],
  ],
  [
    'OpenAI',
    {
      'x-ratelimit-limit-requests': '200',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-requests': '197',
      'x-ratelimit-remaining-tokens': '199993',
      'x-ratelimit-reset-requests': '20m52.666s',
      'x-ratelimit-reset-tokens': '2ms',
    },
    [
      { counts: 'tokens', limit: 200_000, remaining: 199_993, resetsInMs: 2 },
      { counts: 'requests', limit: 200, remaining: 197, resetsInMs: 1_252_666 },
    ],
  ],
  [
    'Together, which lets bursts through',
    {
      'x-ratelimit': 'false',
      'x-ratelimit-limit': '30',
      'x-ratelimit-limit-tokens': '3000',
      'x-ratelimit-remaining': '59',
      'x-ratelimit-remaining-tokens': '3000',
      'x-ratelimit-reset': '2',
    },
    [
      { counts: 'tokens', limit: 3000, remaining: 3000 },
      { counts: 'requests', limit: 30, remaining: 59 },
    ],
  ],
  [
    'xAI',
    {
      'x-ratelimit-limit-tokens': '10000000',
      'x-ratelimit-remaining-tokens': '9982512',
      'x-ratelimit-limit-requests': '1800',
      'x-ratelimit-remaining-requests': '1800',
    },
    [
      { counts: 'tokens', limit: 10_000_000, remaining: 9_982_512 },
      { counts: 'requests', limit: 1800, remaining: 1800 },
    ],
  ],
]

describe('parseRateLimits', () => {
  test.each(recorded)('reads %s', (_, headers, expected) => {
    expect(parse(headers)).toEqual(expected)
  })

  test.each([
    ['1m2.5s', 62_500],
    ['6ms', 6],
    ['1h30m', 5_400_000],
    ['0s', 0],
    ['12', 12_000],
    ['0.5', 500],
    ['1795219230', 30_000],
    ['1795219230000', 30_000],
    ['2026-11-21T00:00:30Z', 30_000],
    ['2026-11-21T01:00:30.5+01:00', 30_500],
    ['2026-11-20T23:59:59Z', 0],
    ['2099-01-01T00:00:00Z', 86_400_000],
    ['9000000', 86_400_000],
    ['2026-13-45T00:00:00Z', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('reads a reset of %j as %s ms', (text, expected) => {
    expect(parseReset(text)).toBe(expected)
  })

  it('takes a date by the clock of the service, whatever the time is here', () => {
    const date = 'Sat, 21 Nov 2026 07:00:00 GMT'
    expect(parseReset('2026-11-21T07:00:30Z', { date })).toBe(30_000)
    expect(parseReset(String(Date.UTC(2026, 10, 21, 7, 0, 30) / 1000), { date })).toBe(30_000)
    expect(parseReset('2026-11-21T00:00:30Z', { date: 'yesterday' })).toBe(30_000)
    expect(parseReset('30', { date })).toBe(30_000)
  })

  it('takes a bare number for milliseconds where as seconds it would be longer than the period', () => {
    const period = { 'x-ratelimit-renewalperiod-requests': '60' }
    expect(parseReset('61', period)).toBe(61)
    expect(parseReset('60', period)).toBe(60_000)
  })

  it.each([
    [
      { remaining: '50', limit: '100', reset: '30' },
      { limit: 100, remaining: 50, resetsInMs: 30_000 },
    ],
    [
      { remaining: '50', limit: '100, 100;w=60', reset: '30' },
      { limit: 100, remaining: 50, resetsInMs: 30_000 },
    ],
    [
      { remaining: '76;w=21600', limit: '100;w=21600' },
      { limit: 100, remaining: 76 },
    ],
  ])('reads the fields of the IETF draft up to its version 6: %j', (fields, expected) => {
    const headers = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`ratelimit-${name}`, value]))
    expect(parse(headers)).toEqual([{ counts: 'requests', ...expected }])
  })

  it.each([
    ['limit=100, remaining=50, reset=30', '100;w=60', { limit: 100, remaining: 50, resetsInMs: 30_000 }],
    ['"default";r=50;t=30', '"default";q=100;w=60', { limit: 100, remaining: 50, resetsInMs: 30_000 }],
    ['"default";r=50;t=30', '"default";q=100;qu="requests"', { limit: 100, remaining: 50, resetsInMs: 30_000 }],
    ['"default";r=0', undefined, { remaining: 0 }],
    ['"a";r=50;t=30', '"a";q=100;w=60, "b";q=1000;w=3600', { remaining: 50, resetsInMs: 30_000 }],
    ['"a";r=50;t=30, "b";r=7;t=3000', '"a";q=100, "b";q=1000', undefined],
    ['"default";r=50;t=30', '"default";q=100;qu="content-bytes"', undefined],
    ['"default";t=30', undefined, undefined],
    ['nothing of the kind', undefined, undefined],
  ])('reads the field of the IETF draft where it has one meaning: %s with %s', (ratelimit, policy, expected) => {
    const limits = parse({ ratelimit, ...(policy === undefined ? {} : { 'ratelimit-policy': policy }) })
    expect(limits).toEqual(expected === undefined ? [] : [{ counts: 'requests', ...expected }])
  })

  it('reads the names it is given, and no others then', () => {
    const headers = {
      'vendor-requests-remaining': '7',
      'vendor-input-tokens-remaining': '399000',
      'vendor-input-tokens-limit': '400000',
      'vendor-input-tokens-reset': '2026-11-21T00:00:05Z',
      'x-ratelimit-remaining-tokens': '1',
      ratelimit: '"default";r=50;t=30',
    }
    expect(parse(headers, vendorNames)).toEqual([
      { counts: 'requests', remaining: 7 },
      { counts: 'input-tokens', limit: 400_000, remaining: 399_000, resetsInMs: 5000 },
    ])
    expect(parse({ ratelimit: '"default";r=50;t=30' }, vendorNames)).toEqual([])
  })

  it('says nothing of what it cannot understand', () => {
    for (const remaining of ['', ' ', '-1', 'NaN', 'Infinity', '1e9', '0x10', '98, 12', 'many', '1_000', '--']) {
      expect(
        parse({ 'x-ratelimit-remaining-requests': remaining, 'x-ratelimit-limit-requests': '5' }),
        remaining,
      ).toEqual([])
    }
    expect(parse({ 'x-ratelimit-limit-requests': '5', 'x-ratelimit-reset-requests': '1s' })).toEqual([])
    const headers = { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-limit-requests': 'lots' }
    expect(parse(headers)).toEqual([{ counts: 'requests', remaining: 3 }])
    expect(parse({ ...headers, 'x-ratelimit-limit-requests': '0' })).toEqual([{ counts: 'requests', remaining: 3 }])
  })

  it('asks for few headers where there are none, and makes no list', () => {
    const asked: string[] = []
    const ask = (name: string): undefined => void asked.push(name)
    const nothing = parseRateLimits(ask, wallTimeMs)
    expect(asked.length).toBeLessThanOrEqual(7)
    expect(parseRateLimits(ask, wallTimeMs)).toBe(nothing)
  })

  it('reads back whatever is written in any of the forms', () => {
    const forms: readonly ((ms: number) => string)[] = [
      (ms) => `${ms}ms`,
      (ms) => `${ms / 1000}s`,
      (ms) => `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s`,
      (ms) => String(ms / 1000),
      (ms) => String(wallTimeMs + ms),
      (ms) => new Date(wallTimeMs + ms).toISOString(),
    ]
    const limit = fc.record({
      limit: fc.integer({ min: 1, max: 1e10 }),
      left: fc.double({ min: 0, max: 0.99, noNaN: true }),
      resetsInMs: fc.integer({ min: 0, max: 86_400_000 }),
      form: fc.constantFrom(...forms),
    })
    fc.assert(
      fc.property(limit, limit, (tokens, requests) => {
        const headers: Record<string, string> = {}
        const expected = (
          [
            ['tokens', tokens],
            ['requests', requests],
          ] as const
        ).map(([counts, told]) => {
          const remaining = Math.floor(told.limit * told.left)
          headers[`x-ratelimit-limit-${counts}`] = String(told.limit)
          headers[`x-ratelimit-remaining-${counts}`] = String(remaining)
          headers[`x-ratelimit-reset-${counts}`] = told.form(told.resetsInMs)
          return { counts, limit: told.limit, remaining, resetsInMs: told.resetsInMs }
        })
        const read = parse(headers)
        expect(read).toMatchObject(expected.map(({ resetsInMs: _, ...rest }) => rest))
        read.forEach(({ resetsInMs = Number.NaN }, index) => {
          // Fractions of seconds may be rounded up by a millisecond.
          expect(resetsInMs - (expected[index] as RateLimit & { resetsInMs: number }).resetsInMs).toBeOneOf([0, 1])
        })
      }),
    )
  })

  it('never throws, and never tells what cannot be', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d.;,=a-z" -]{0,30}$/))
    fc.assert(
      fc.property(fc.array(text, { minLength: 8, maxLength: 8 }), (texts) => {
        const names = ['-requests', '-tokens', ''].map((suffix) => `x-ratelimit-remaining${suffix}`)
        const all = [
          ...names,
          'x-ratelimit-reset-requests',
          'x-ratelimit-limit',
          'ratelimit',
          'ratelimit-policy',
          'date',
        ]
        const headers = Object.fromEntries(all.map((name, index) => [name, texts[index] ?? '']))
        for (const { limit = 1, remaining, resetsInMs = 0 } of parse(headers)) {
          expect(limit).toBeGreaterThan(0)
          expect(remaining).toBeGreaterThanOrEqual(0)
          expect(resetsInMs).toBeGreaterThanOrEqual(0)
          expect(resetsInMs).toBeLessThanOrEqual(86_400_000)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
