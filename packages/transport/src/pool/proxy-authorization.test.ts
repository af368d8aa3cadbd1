import { expect, it } from 'vitest'
import { proxyAuthorization } from './proxy-authorization.ts'

it.each([
  ['http://proxy', undefined],
  ['http://user@proxy', 'user:'],
  ['http://:password@proxy', ':password'],
  ['http://user:p%20s%3As@proxy', 'user:p s:s'],
  ['http://us%er:100%@proxy', 'us%er:100%'],
  ['http://us%er:%F0%9F%A6%99%zz%ff@proxy', 'us%er:🦙%zz%ff'],
])('%s: %s', (address, expected) => {
  const [scheme, credentials = ''] = proxyAuthorization(new URL(address))?.split(' ') ?? []
  expect(scheme).toBe(expected === undefined ? undefined : 'Basic')
  expect(Buffer.from(credentials, 'base64').toString()).toBe(expected ?? '')
})
