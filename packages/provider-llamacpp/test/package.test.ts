import { manifest, llamacpp, type LlamaCppOptions } from '@llmfb/provider-llamacpp'
import { execFileSync } from 'node:child_process'
import { expect, it, test } from 'vitest'
import * as surface from '@llmfb/provider-llamacpp'
import { connect, rejectionOf } from './connect.ts'

it('exports these values', () => {
  expect(Object.keys(surface).sort()).toEqual(['llamacpp', 'manifest'])
})

it('names what is configured in code, and the id it is registered under', () => {
  expect(llamacpp()).toMatchObject({ specificationVersion: 1, manifest, configured: [] })
  const plugin = llamacpp({ id: 'gpu-2', apiKey: 'k', baseURL: 'http://127.0.0.1:8080' })
  expect(plugin.manifest).toEqual({ ...manifest, id: 'gpu-2' })
  expect(plugin.configured).toEqual(['apiKey', 'baseURL'])
  expect(llamacpp({ server: { args: [] } }).configured).toEqual(['baseURL'])
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

it('loads no SDK before its provider is made', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { llamacpp } = await import('@llmfb/provider-llamacpp')
    const sdk = () => loaded.filter((url) => url.includes('node_modules/openai/')).length
    const plugin = llamacpp({ baseURL: 'http://127.0.0.1:9' })
    const before = sdk()
    await plugin.create({ id: 'llamacpp', credentials: {} })
    console.log(JSON.stringify({ before, after: sdk() > 0 }))`
  const args = [
    '--conditions=@llmfb/source',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    script,
  ]
  const output = execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual({ before: 0, after: true })
})
