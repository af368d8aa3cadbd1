import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor, toSafeCause } from './redact.ts'

const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.split('')
const letters = [...capitals, ...'abcdefghijklmnopqrstuvwxyz0189'.split('')]
const token = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: length, maxLength: length + 20 })
const noise = fc.string({ unit: 'binary', maxLength: 20 })

/** Keys in the shapes that vendors issue. */
const vendorKey = fc.oneof(
  token(20).map((rest) => `sk-${rest}`),
  token(20).map((rest) => `sk-proj-${rest}`),
  token(20).map((rest) => `sk-ant-api03-${rest}`),
  token(20).map((rest) => `sk-or-v1-${rest}`),
  token(20).map((rest) => `xai-${rest}`),
  token(20).map((rest) => `gsk_${rest}`),
  token(35).map((rest) => `AIza${rest}`),
  fc.string({ unit: fc.constantFrom(...capitals), minLength: 16, maxLength: 16 }).map((rest) => `AKIA${rest}`),
)

describe('createRedactor', () => {
  it('lets no secret it knows through, wherever it stands and however often', () => {
    const secrets = fc.uniqueArray(token(8), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(secrets, fc.array(fc.oneof(noise, fc.nat()), { maxLength: 12 }), (known, pieces) => {
        const text = pieces.map((piece) => (typeof piece === 'string' ? piece : known[piece % known.length])).join('')
        const clean = createRedactor(known)(text)
        for (const secret of known) expect(clean).not.toContain(secret)
      }),
      { numRuns: 500 },
    )
  })

  it('takes out the longer of two secrets whole when one begins the other', () => {
    const redact = createRedactor(['secret-abc', 'secret-abc-def-ghi'])
    expect(redact('key secret-abc-def-ghi!')).toBe('key [redacted]!')
  })

  it('treats a secret as text, not as a pattern, and ignores an empty one', () => {
    const redact = createRedactor(['', 'a.b*c$&(', '$1'])
    expect(redact('xx a.b*c$&( aXbbc')).toBe('xx [redacted] aXbbc')
    expect(redact('plain')).toBe('plain')
  })

  it("finds vendors' keys that nobody registered, in any company but letters", () => {
    const company = fc.oneof(
      fc.constantFrom('', ' ', '"', "'", '=', ':', '/', '_', '%20', '(', '\n', '\u00e9', '\u0000', '0'),
    )
    fc.assert(
      fc.property(
        vendorKey,
        company,
        fc.constantFrom('', ' ', '"', "'", '&', ')', '.', '\n', '\u0000'),
        (key, before, after) => {
          expect(createRedactor()(`${before}${key}${after}`)).not.toContain(key)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('takes what follows Bearer and Basic, in any case', () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Basic', 'basic']) {
      expect(createRedactor()(`authorization: ${scheme} dXNlcjpwYXNzd29yZA==`), scheme).not.toContain(
        'dXNlcjpwYXNzd29yZA',
      )
    }
  })

  it('leaves ordinary words alone', () => {
    for (const text of [
      'risk-assessment of the task-runner on disk-12345678',
      'model gpt-5.4-mini not found',
      'claude-sonnet-4-5-20250929',
      'status 429: rate limit reached for requests',
      'request req_011CVabcdefghij failed',
    ]) {
      expect(createRedactor()(text)).toBe(text)
    }
  })

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(noise, vendorKey)), (pieces) => {
        const redact = createRedactor(['another-secret'])
        const once = redact(pieces.join(' '))
        expect(redact(once)).toBe(once)
      }),
    )
  })
})

describe('toSafeCause', () => {
  const key = 'sk-proj-0123456789abcdefghij'
  const custom = 'my-own-secret-0815'
  const redact = createRedactor([custom])
  const shown = (error: Error): string => inspect(error, { showHidden: true, depth: 20, getters: true })

  /** An error as SDKs make them: with the request, its headers and the body on it. */
  function sdkError(cause?: unknown): Error {
    class APIError extends Error {
      readonly headers = new Headers({ authorization: `Bearer ${key}` })
      readonly request = { headers: { 'x-api-key': custom }, body: { messages: ['private words'] } }
      readonly error = { message: custom }
      readonly status = 401
      readonly code = `invalid ${custom}`
    }
    const error = new APIError(`401 Incorrect API key provided: ${key}`, cause === undefined ? undefined : { cause })
    Object.defineProperty(error, Symbol('options'), { value: { apiKey: key } })
    Object.defineProperty(error, 'hidden', { value: { key, custom }, enumerable: false })
    return error
  }

  it('keeps the name, message, code and status, and neither keys nor content, in any property', () => {
    const safe = toSafeCause(sdkError(), redact)
    expect(shown(safe)).not.toContain(key)
    expect(shown(safe)).not.toContain(custom)
    expect(shown(safe)).not.toContain('private words')
    expect(safe).toMatchObject({ name: 'APIError', status: 401, code: 'invalid [redacted]' })
    expect(safe.message).toBe('401 Incorrect API key provided: [redacted]')
  })

  it('keeps inner causes, redacted, and is not caught in a circle of them', () => {
    const innermost = Object.assign(new Error(`connect failed with ${custom}`), { code: 'ECONNRESET', syscall: 'read' })
    const safe = toSafeCause(sdkError(new TypeError(`fetch failed ${key}`, { cause: innermost })), redact)
    expect(shown(safe)).not.toContain(key)
    expect(shown(safe)).not.toContain(custom)
    const inner = safe.cause as Error
    expect(inner).toMatchObject({ name: 'TypeError', message: 'fetch failed [redacted]' })
    expect(inner.cause).toMatchObject({ code: 'ECONNRESET', syscall: 'read' })
    const circle = new Error(key)
    circle.cause = circle
    expect(shown(toSafeCause(circle, redact))).not.toContain(key)
  })

  it('makes an error of anything that is thrown', () => {
    const withSecret = { apiKey: key, toString: () => key }
    const getter = {
      get message(): string {
        throw new Error(key)
      },
    }
    const thrown: unknown[] = [
      key,
      custom,
      undefined,
      null,
      0,
      withSecret,
      getter,
      Symbol(key),
      () => key,
      new AggregateError([new Error(key)], key),
    ]
    for (const value of thrown) {
      const safe = toSafeCause(value, redact)
      expect(safe).toBeInstanceOf(Error)
      expect(shown(safe)).not.toContain(key)
      expect(shown(safe)).not.toContain(custom)
    }
  })

  it('is not thrown by errors that are not shaped like errors', () => {
    const odd = new Error('x')
    Object.assign(odd, { message: { type: 'overloaded', key }, name: { custom }, stack: 5, code: { custom } })
    Object.defineProperty(odd, 'constructor', { value: undefined })
    expect(shown(toSafeCause(odd, redact))).not.toContain(custom)
    const named = Object.assign(new Error('x'), { name: `Error of ${custom}` })
    expect(shown(toSafeCause(named, redact))).not.toContain(custom)
    const trap = new Error('x')
    Object.defineProperty(trap, 'message', {
      get: () => {
        throw new Error(key)
      },
    })
    expect(shown(toSafeCause(trap, redact))).not.toContain(key)
  })

  it('lets no secret through, in whatever field it hides', () => {
    const field = fc.constantFrom(
      'message',
      'name',
      'stack',
      'code',
      'errno',
      'syscall',
      'status',
      'headers',
      'body',
      'config',
    )
    const value = fc.oneof(
      fc.constant(custom),
      noise.map((text) => `${text}${custom}${text}`),
      fc.constant({ deep: { custom } }),
      fc.constant([custom]),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(field, value)), fc.nat({ max: 6 }), (fields, depth) => {
        let error = new Error('innermost')
        for (let at = 0; at < depth; at++) error = new Error(custom, { cause: error })
        for (const [name, hidden] of fields) Object.defineProperty(error, name, { value: hidden, configurable: true })
        expect(shown(toSafeCause(error, redact))).not.toContain(custom)
      }),
    )
  })
})
