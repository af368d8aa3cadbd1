import { describe, expect, it } from 'vitest'
import { secretsOfAddress, secretsOfHeaders, worthHiding } from './secrets.ts'

/** What is left of a text without the secrets. */
function hide(text: string, secrets: readonly string[]): string {
  return secrets.toSorted((a, b) => b.length - a.length).reduce((left, secret) => left.replaceAll(secret, '…'), text)
}

it('hides nothing that stands in ordinary words', () => {
  expect(worthHiding(['', 'take', 'seven', 'secret', 'another'])).toEqual(['secret', 'another'])
})

describe('headers', () => {
  it.each([
    ['X-Password', 'hunter-22', 'You sent hunter-22', 'You sent …'],
    ['x-padded', ' hunter-22 ', 'You sent hunter-22', 'You sent …'],
    ['cookie', 'a=1; b=biscuit-1', 'No biscuit-1 for a', 'No … for a'],
    ['x-login', 'Digest realm="a-realm", nonce="abcdef0"', 'Stale: abcdef0', 'Stale: …'],
    ['authorization', 'Bearer a-token-of-mine', 'No a-token-of-mine', 'No …'],
    ['authorization', `Basic ${btoa('someone:pass word')}`, 'someone or pass word', '… or …'],
    ['authorization', `Basic ${btoa('someone:pass word')}`, btoa('someone:pass word'), '…'],
    ['authorization', 'Basic ü-not-base64', 'ü-not-base64', '…'],
    ['x-token', 'take', 'a mistake', 'a mistake'],
  ])('%s: %s is not seen', (name, value, text, left) => {
    expect(hide(text, secretsOfHeaders({ [name]: value }))).toBe(left)
  })

  it('hides no values of harmless ones, however their names are written', () => {
    const headers = {
      Accept: 'text/markdown',
      'Content-Type': 'text/plain',
      'User-Agent': 'our-app',
      'X-Beta': 'thinking',
    }
    expect(secretsOfHeaders(headers, /^x-beta$/i)).toEqual([])
    expect(secretsOfHeaders(headers)).toEqual(expect.arrayContaining(['thinking']))
  })

  it('takes a name for harmless only as a whole', () => {
    expect(secretsOfHeaders({ 'host-key': 'a-secret', 'x-accept': 'another' })).toContain('a-secret')
  })
})

describe('an address', () => {
  it.each([
    ['https://someone:pass%20word@gpu', 'No entry: someone, pass%20word, pass word', 'No entry: …, …, …'],
    ['https://someone:pass%20word@gpu', `No entry: ${btoa('someone:pass word')}`, 'No entry: …'],
    ['https://someone:p@ss:w0rd@gpu', 'No p@ss:w0rd, nor p%40ss%3Aw0rd', 'No …, nor …'],
    ['https://ann:b@gpu/path', 'Not at https://ann:b@gpu/path', 'Not at https://…gpu/path'],
    ['https://someone:100%@gpu', 'someone had 100%', '… had 100%'],
    ['https://someone:pass-word@:x', 'Invalid: someone:pass-word@:x', 'Invalid: …:x'],
    ['https://gpu/a@b', 'https://gpu/a@b', 'https://gpu/a@b'],
  ])('%s: its user and password are not seen', (address, text, left) => {
    expect(hide(text, secretsOfAddress(address))).toBe(left)
  })

  it('has none where there is no user', () => {
    expect(secretsOfAddress('https://gpu:8080/v1')).toEqual([])
  })
})
