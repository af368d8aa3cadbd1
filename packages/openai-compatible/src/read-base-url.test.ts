import { expect, it, test } from 'vitest'
import { readBaseUrl } from './read-base-url.ts'

const option = 'acme.baseURL'

it('reads an address, without what is no part of it', () => {
  const ending = /\/openai(?:\/v1)?$/
  expect(readBaseUrl(' https://a.example/openai/v1/ ', { option, ending })).toEqual({
    url: 'https://a.example',
    headers: {},
  })
  expect(readBaseUrl('https://a.example/v1?x=1#y', { option })).toEqual({ url: 'https://a.example/v1', headers: {} })
  expect(readBaseUrl('http://ann:p%40ss@a.example/v1', { option })).toEqual({
    url: 'http://a.example/v1',
    headers: { authorization: `Basic ${btoa('ann:p@ss')}` },
  })
})

test.each(['', 'not a url', 'ftp://ann:secret@a.example', 'a.example'])(
  '%j is none, and is not repeated',
  (address) => {
    expect(() => readBaseUrl(address, { option })).toThrow(
      expect.objectContaining({
        code: 'invalid-config',
        issues: [{ path: option, problem: 'must be an http(s) URL' }],
      }),
    )
    expect(() => readBaseUrl(address, { option, variable: 'ACME_URL' })).toThrow('(or ACME_URL) must')
  },
)
