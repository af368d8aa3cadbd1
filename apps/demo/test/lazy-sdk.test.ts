import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const script = `
  import { registerHooks } from 'node:module'
  const loaded = new Set()
  const sdk = /node_modules[/\\\\](openai|@anthropic-ai[/\\\\]sdk|ollama)[/\\\\]/
  registerHooks({
    load(url, context, next) {
      const name = sdk.exec(url)?.[1]
      if (name) loaded.add(name)
      return next(url, context)
    },
  })
  const { createRouter } = await import('@llmfb/core')
  const { anthropic } = await import('@llmfb/provider-anthropic')
  const { ollama } = await import('@llmfb/provider-ollama')
  const { openai } = await import('@llmfb/provider-openai')
  const baseURL = 'http://127.0.0.1:1'
  const router = createRouter({
    providers: [openai({ apiKey: 'k', baseURL }), anthropic({ apiKey: 'k', baseURL }), ollama({ baseURL })],
    routes: { chat: { stages: [{ targets: ['ollama/llama3.2'] }], retry: { attempts: 0 } }, all: ['openai/a', 'anthropic/b'] },
  })
  router.capabilities('all')
  const registered = [...loaded]
  await router.chat({ model: 'chat', messages: [{ role: 'user', content: 'hi' }] }).catch(() => undefined)
  console.log(JSON.stringify({ registered, called: [...loaded] }))
`

test('registering all providers loads no SDK, and the first call loads one', () => {
  const args = ['--conditions=@llmfb/source', '--input-type=module', '--eval', script]
  const output = execFileSync(process.execPath, args, { cwd: `${import.meta.dirname}/..`, encoding: 'utf8', env: {} })
  expect(JSON.parse(output)).toEqual({ registered: [], called: ['ollama'] })
})
