import { describe, expect, it } from 'vitest'
import { bodyOf, modelOf, type Recording } from './recording.ts'

const recording: Recording = {
  id: 'r',
  provider: 'x',
  api: 'chat',
  method: 'POST',
  url: 'https://x.example/v1/chat',
  status: 200,
  stream: false,
  features: [],
  resHeaders: {},
}

describe('modelOf', () => {
  it.each([
    ['https://x.example/v1/chat', { model: 'small-1' }, 'small-1'],
    ['https://x.example/v1beta/models/small-1:generateContent', {}, 'small-1'],
    ['https://x.example/v1beta/models/small-1:streamGenerateContent?alt=sse', undefined, 'small-1'],
    ['https://x.example/model/us.vendor.small-v1%3A0/converse', {}, 'us.vendor.small-v1:0'],
    ['https://x.example/model/us.vendor.small-v1:0/converse-stream', 'cut off', 'us.vendor.small-v1:0'],
    ['https://x.example/openai/deployments/small/chat/completions?api-version=1', {}, 'small'],
    ['https://x.example/v1/chat', undefined, 'recorded-model'],
  ])('%s %j', (url, reqBody, expected) => {
    expect(modelOf({ ...recording, url, ...(reqBody !== undefined && { reqBody }) })).toBe(expected)
  })
})

describe('bodyOf', () => {
  it('gives the bytes of text and of what is no text', () => {
    expect(bodyOf({ ...recording, resBody: 'ü' })).toEqual(Uint8Array.of(0xc3, 0xbc))
    expect(bodyOf({ ...recording, resBase64: '/wA=' })).toEqual(Uint8Array.of(0xff, 0))
    expect(bodyOf(recording)).toHaveLength(0)
  })
})
