import { testPackage } from '@llmfb/conformance'
import { llamacpp, type LlamaCppOptions } from '@llmfb/provider-llamacpp'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-llamacpp'
import { connect, rejectionOf } from './connect.ts'

testPackage(test, { folder: join(import.meta.dirname, '..'), surface, exports: ['llamacpp', 'manifest'] })

it('has its address from a server of its own', () => {
  expect(llamacpp({ server: { args: [] } }).configured).toEqual(['baseURL'])
})

it('chooses among keys where the server is not its own, which has the one of its start', () => {
  const apiKey = (): string => 'a-key'
  expect(llamacpp({ apiKey, server: { args: [] } }).keys).toBeUndefined()
  expect(llamacpp({ apiKey, baseURL: 'http://127.0.0.1:1' }).keys).toBeDefined()
})

const wrong: readonly (readonly [string, LlamaCppOptions])[] = [
  ['not both', { baseURL: 'http://127.0.0.1:1', server: { args: [] } }],
  ['server.args', { server: { args: '-m model.gguf' as never } }],
  ['server.args', { server: { args: ['-m', 7 as never] } }],
  ['--port', { server: { args: ['--port', '1'] } }],
  ['--host', { server: { args: ['--host', '0.0.0.0'] } }],
  ['--api-key', { server: { args: ['--api-key', 'abcdef'] } }],
  ['server.command', { server: { args: [], command: '' } }],
  ['llamacpp.apiKey', { apiKey: ['a-key', 'another'], server: { args: [] } }],
  ['options.apiKey', { apiKey: ['a-key', ''] }],
  ['server.port', { server: { args: [], port: 70_000 } }],
]

test.each(wrong)('refuses options that cannot be meant: %s', (words, options) => {
  const expected = { code: 'invalid-config', message: expect.stringContaining(words) }
  expect(() => llamacpp(options)).toThrow(expect.objectContaining(expected))
})

test.each(['ftp://gpu', 'gpu-box:8080', '', 'http://ann:secret@'])(
  '%s is no address, and not repeated',
  async (baseURL) => {
    const error = await rejectionOf(connect({ baseURL }))
    expect(error).toMatchObject({ code: 'invalid-config', message: expect.not.stringContaining('secret') })
  },
)

it('guesses no address', async () => {
  const expected = { code: 'invalid-config', message: expect.stringContaining('LLAMA_SERVER_URL') }
  expect(await rejectionOf(connect())).toMatchObject(expected)
})
