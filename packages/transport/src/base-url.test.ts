import { expect, it } from 'vitest'
import { parseBaseUrl } from './base-url.ts'

const ending = /\/v1(?:beta)?$/

it.each([
  ['https://api.example', 'https://api.example'],
  ['HTTPS://Api.Example/', 'https://api.example'],
  ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
  ['http://[::1]:80/proxy/v1beta//', 'http://[::1]/proxy'],
  ['https://api.example/v1/v1', 'https://api.example/v1'],
  ['https://api.example/v1x?key=1#here', 'https://api.example/v1x'],
])('%s is %s', (address, url) => {
  expect(parseBaseUrl(address, ending)).toEqual({ url, secrets: [] })
})

it('leaves a path as it is where no ending is named', () => {
  expect(parseBaseUrl('https://api.example/v1/?key=1')).toEqual({ url: 'https://api.example/v1', secrets: [] })
})

it.each(['', 'somewhere', 'ftp://127.0.0.1', 'https://someone:password@:x'])('%j is none', (address) => {
  expect(parseBaseUrl(address, ending)).toBeUndefined()
})

it.each([
  ['https://ann:p%40s%C3%A9@gpu/v1', 'ann:p@sé'],
  ['https://ann@gpu', 'ann:'],
  ['https://:word@gpu', ':word'],
  ['https://ann:100%@gpu', 'ann:100%'],
])('%s: credentials become a header, and are secret', (address, credentials) => {
  const encoded = Buffer.from(credentials).toString('base64')
  const parsed = parseBaseUrl(address, ending)
  expect(parsed).toMatchObject({ url: 'https://gpu', authorization: `Basic ${encoded}` })
  expect(parsed?.secrets).toEqual(expect.arrayContaining([encoded]))
})
