import { describe, expect, it } from 'vitest'
import { proxyFor } from './proxy-for.ts'

const proxy = 'http://proxy:3128/'

describe('proxyFor', () => {
  it.each([
    ['https://api.test/', { HTTPS_PROXY: proxy }, proxy],
    ['https://api.test/', { https_proxy: proxy, HTTPS_PROXY: 'http://other' }, proxy],
    ['https://api.test/', { HTTPS_PROXY: 'proxy:3128' }, proxy],
    ['https://api.test/', { HTTP_PROXY: proxy }, undefined],
    ['http://api.test/', { HTTP_PROXY: proxy }, proxy],
    ['http://api.test/', { HTTP_PROXY: ' ' }, undefined],
    ['http://api.test/', {}, undefined],
    ['http://localhost:11434/', { HTTP_PROXY: proxy }, undefined],
    ['http://a.localhost/', { HTTP_PROXY: proxy }, undefined],
    ['http://127.8.0.1/', { HTTP_PROXY: proxy }, undefined],
    ['http://[::1]:80/', { HTTP_PROXY: proxy }, undefined],
    ['http://127.0.0.1.api.test/', { HTTP_PROXY: proxy }, proxy],
    ['http://api.test/', { HTTP_PROXY: proxy, NO_PROXY: '*' }, undefined],
    ['http://api.test/', { HTTP_PROXY: proxy, NO_PROXY: 'other.test, API.test' }, undefined],
    ['http://eu.api.test/', { HTTP_PROXY: proxy, no_proxy: 'api.test' }, undefined],
    ['http://eu.api.test/', { HTTP_PROXY: proxy, no_proxy: '.api.test' }, undefined],
    ['http://eu.api.test/', { HTTP_PROXY: proxy, no_proxy: '*.api.test' }, undefined],
    ['http://myapi.test/', { HTTP_PROXY: proxy, no_proxy: 'api.test' }, proxy],
    ['http://api.test/', { HTTP_PROXY: proxy, no_proxy: 'api.test:8080' }, proxy],
    ['http://api.test:8080/', { HTTP_PROXY: proxy, no_proxy: 'api.test:8080' }, undefined],
    ['http://api.test/', { HTTP_PROXY: proxy, no_proxy: ',' }, proxy],
  ])('%s with %o: %s', (url, environment, expected) => {
    expect(proxyFor(new URL(url), environment)?.href).toBe(expected)
  })

  it.each([
    'socks5://user:secret@proxy:1080',
    'ftp://user:secret@proxy',
    'http://user:secret@[',
    'user:secret@proxy:99999',
  ])('refuses %s, and repeats nothing of it', (wrong) => {
    const refused = (): unknown => proxyFor(new URL('https://api.test/'), { HTTPS_PROXY: wrong })
    expect(refused).toThrow(TypeError)
    expect(refused).toThrow(
      expect.objectContaining({
        message: 'fetch failed',
        cause: expect.objectContaining({ message: 'HTTPS_PROXY holds no http:// or https:// address of a proxy' }),
      }),
    )
  })
})
