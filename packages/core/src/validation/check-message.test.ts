import { describe, expect, it } from 'vitest'
import { unexpected, valid, withContent } from './__fixtures__/refusals.ts'

const { messages } = valid
const user = (part: unknown): unknown => withContent('user', [part])
const at = 'request.messages[0].content[0]'

describe('a message', () => {
  it('is refused for its form, role and content', () => {
    expect(
      unexpected([
        [{ ...valid, messages: ['hi'] }, 'request.messages[0]', 'must be a message, not a string'],
        [{ ...valid, messages: [...messages, null] }, 'request.messages[1]', 'not null'],
        [
          { ...valid, messages: [{ role: 'human', content: 'x' }] },
          'request.messages[0].role',
          'system, user, assistant, tool',
        ],
        [{ ...valid, messages: [{ role: 'constructor', content: 'x' }] }, 'request.messages[0].role', 'must be one of'],
        [{ ...valid, messages: [{ content: 'x' }] }, 'request.messages[0].role', 'must be one of'],
        [{ ...valid, messages: [{ role: 'user' }] }, 'request.messages[0].content', 'not nothing'],
        [withContent('user', 5), 'request.messages[0].content', 'not 5'],
        [withContent('tool', 'x'), 'request.messages[0].content', 'must be an array of tool-result parts'],
        [
          { ...valid, messages: [{ role: 'user', content: 'x', contents: 'x' }] },
          'request.messages[0].contents',
          "did you mean 'content'?",
        ],
        [
          JSON.parse('{"model":"a","messages":[{"role":"user","content":"x","__proto__":{}}]}'),
          'request.messages[0].__proto__',
          'is not known',
        ],
      ]),
    ).toEqual([])
  })

  it('holds only the parts that its role can hold', () => {
    expect(
      unexpected([
        [user('hi'), at, 'must be a part, not a string'],
        [user({ text: 'hi' }), `${at}.type`, 'must be one of text, image, file here'],
        [user({ type: 'video' }), `${at}.type`, 'must be one of text, image, file here'],
        [user({ type: 'toString' }), `${at}.type`, 'must be one of'],
        [user({ type: 'reasoning', text: 'x' }), `${at}.type`, 'text, image, file'],
        [
          withContent('system', [{ type: 'image', image: { url: 'https://x/y' } }]),
          `${at}.type`,
          'must be one of text here',
        ],
        [
          withContent('assistant', [{ type: 'tool-result', toolCallId: '1', content: 'x' }]),
          `${at}.type`,
          'text, reasoning, tool-call, file',
        ],
        [withContent('tool', [{ type: 'text', text: 'x' }]), `${at}.type`, 'must be one of tool-result here'],
      ]),
    ).toEqual([])
  })
})

describe('a part', () => {
  it('of text is a string and nothing else', () => {
    expect(
      unexpected([
        [user({ type: 'text' }), `${at}.text`, 'must be a string, not nothing'],
        [user({ type: 'text', text: 5 }), `${at}.text`, 'must be a string'],
        [user({ type: 'text', text: 'x', txt: 'y' }), `${at}.txt`, "did you mean 'text'?"],
        [user({ type: 'text', text: 'x', cacheBreakpoint: true }), `${at}.cacheBreakpoint`, 'must be an object'],
        [
          user({ type: 'text', text: 'x', cacheBreakpoint: { ttl: '2h' } }),
          `${at}.cacheBreakpoint.ttl`,
          'must be one of 5m, 1h',
        ],
        [user({ type: 'text', text: 'x', opaque: 'sig' }), `${at}.opaque`, 'must be an object'],
        [user({ type: 'text', text: 'x', opaque: { data: 'sig' } }), `${at}.opaque.issuer`, 'must be a text'],
      ]),
    ).toEqual([])
  })

  it('with a picture or file has an address or base64 of a media type', () => {
    const image = (media: unknown) => user({ type: 'image', image: media })
    expect(
      unexpected([
        [user({ type: 'image' }), `${at}.image`, 'must be { url } or { data, mediaType }, not nothing'],
        [image('https://x/y.png'), `${at}.image`, 'not a string'],
        [image({}), `${at}.image.data`, 'must be a Uint8Array'],
        [image({ url: 'ftp://x/y' }), `${at}.image.url`, 'must be an http or https address'],
        [image({ url: 'data:image/png;base64,AAAA' }), `${at}.image.url`, 'must be an http or https address'],
        [image({ url: 'javascript:alert(1)' }), `${at}.image.url`, 'http or https'],
        [image({ url: 'file:///etc/passwd' }), `${at}.image.url`, 'http or https'],
        [image({ url: 5 }), `${at}.image.url`, 'http or https'],
        [image({ url: 'https://x/y', mediaType: 'image/png' }), `${at}.image.mediaType`, 'is not known'],
        [
          image({ data: 'data:image/png;base64,AAAA', mediaType: 'image/png' }),
          `${at}.image.data`,
          "without a 'data:' prefix",
        ],
        [image({ data: '', mediaType: 'image/png' }), `${at}.image.data`, 'must be a Uint8Array'],
        [image({ data: [1, 2], mediaType: 'image/png' }), `${at}.image.data`, 'must be a Uint8Array'],
        [image({ data: 'AAAA' }), `${at}.image.mediaType`, "must be a media type such as 'image/png'"],
        [image({ data: 'AAAA', mediaType: 'png' }), `${at}.image.mediaType`, 'media type'],
        [user({ type: 'image', image: { url: 'https://x/y' }, detail: 'most' }), `${at}.detail`, 'auto, low, high'],
        [user({ type: 'file', file: { url: 'x' } }), `${at}.file.url`, 'http or https'],
        [user({ type: 'file', file: { url: 'https://x/y' }, filename: 5 }), `${at}.filename`, 'must be a string'],
      ]),
    ).toEqual([])
  })

  it('that calls a tool, or answers one, names it', () => {
    const call = { type: 'tool-call', id: '1', name: 'look', arguments: '{}' }
    const result = { type: 'tool-result', toolCallId: '1', content: 'x' }
    expect(
      unexpected([
        [withContent('assistant', [{ ...call, id: '' }]), `${at}.id`, 'must be a text that is not empty'],
        [withContent('assistant', [{ ...call, name: undefined }]), `${at}.name`, 'must be a text'],
        [withContent('assistant', [{ ...call, arguments: {} }]), `${at}.arguments`, 'must be a string, not an object'],
        [withContent('tool', [{ ...result, toolCallId: undefined }]), `${at}.toolCallId`, 'must be a text'],
        [
          withContent('tool', [{ ...result, content: undefined }]),
          `${at}.content`,
          'must be a string or an array of parts',
        ],
        [
          withContent('tool', [{ ...result, content: [{ type: 'file' }] }]),
          `${at}.content[0].type`,
          'must be one of text, image here',
        ],
        [withContent('tool', [{ ...result, isError: 'yes' }]), `${at}.isError`, 'must be true or false'],
      ]),
    ).toEqual([])
  })
})
