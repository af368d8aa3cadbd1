import { expect, test } from 'vitest'
import { toMedia } from './to-media.ts'

test.each([
  ['https://a.example/b.png', { url: 'https://a.example/b.png' }],
  ['data:image/png;base64,AQID', { mediaType: 'image/png', data: 'AQID' }],
  ['data:text/plain;charset=utf-8;base64,AQID', { mediaType: 'text/plain', data: 'AQID' }],
  ['DATA:image/svg+xml,%3Csvg/%3E', { mediaType: 'image/svg+xml', data: 'PHN2Zy8+' }],
  ['data:;charset=utf-8,a%', { mediaType: 'text/plain', data: 'YSU=' }],
])('%s', (url, media) => {
  expect(toMedia(url)).toEqual(media)
})
