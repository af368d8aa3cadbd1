import { expect, test } from 'vitest'
import { toBaseUrl } from './base-url.ts'

test.for([
  [undefined, 'http://127.0.0.1:11434'],
  ['', 'http://127.0.0.1:11434'],
  ['  "gpu-box"  ', 'http://gpu-box:11434'],
  ['gpu-box:8080', 'http://gpu-box:8080'],
  ['gpu-box:80', 'http://gpu-box'],
  ['gpu-box/ollama/', 'http://gpu-box:11434/ollama'],
  [':11500', 'http://127.0.0.1:11500'],
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  ['0.0.0.0:11434', 'http://127.0.0.1:11434'],
  ['http://0.0.0.0:9', 'http://127.0.0.1:9'],
  ['10.0.0.7', 'http://10.0.0.7:11434'],
  ['::1', 'http://[::1]:11434'],
  ['::80', 'http://[::80]:11434'],
  ['[::1]', 'http://[::1]:11434'],
  ['[::1]:8080', 'http://[::1]:8080'],
  ['[::]:11434', 'http://[::1]:11434'],
  ['::', 'http://[::1]:11434'],
  ['http://gpu-box', 'http://gpu-box'],
  ['http://gpu-box:11434/', 'http://gpu-box:11434'],
  ['http://gpu-box:11434/api', 'http://gpu-box:11434'],
  ['http://gpu-box:11434/v1/', 'http://gpu-box:11434'],
  ['https://gpu-box/ollama/api?x=1#y', 'https://gpu-box/ollama'],
  ['HTTPS://Example.COM', 'https://example.com'],
  ['ollama.com', 'https://ollama.com'],
  ['https://ollama.com', 'https://ollama.com'],
] as const)('%s is %s', ([address, url]) => {
  expect(toBaseUrl(address)).toEqual({ url, secrets: [] })
})

test('credentials become a header', () => {
  expect(toBaseUrl('https://ann:p%40s%C3%A9@gpu-box')).toMatchObject({
    url: 'https://gpu-box',
    authorization: `Basic ${Buffer.from('ann:p@sé').toString('base64')}`,
  })
  expect(toBaseUrl('ann@gpu-box')).toMatchObject({
    url: 'http://gpu-box:11434',
    authorization: `Basic ${btoa('ann:')}`,
  })
})

test.for(['ftp://gpu-box', 'http://', 'gpu box', 'http://gpu-box:99999', 'file:///etc/passwd', 'http://ann:secret@:1'])(
  '%s is refused, and not repeated',
  (address) => {
    expect(() => toBaseUrl(address)).toThrow(
      expect.objectContaining({ code: 'invalid-config', message: expect.not.stringContaining(address) }),
    )
  },
)
