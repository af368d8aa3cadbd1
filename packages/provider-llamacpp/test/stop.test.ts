import { llamacpp } from '@llmfb/provider-llamacpp'
import { expect, it, vi } from 'vitest'
import { clock } from './connect.ts'

const stopped: string[] = []
vi.mock('../src/llamacpp-provider.ts', () => ({
  createLlamaCppProvider: (_: unknown, { id }: { readonly id: string }) => ({
    stop: async () => void stopped.push(id),
    dispose: async () => {},
  }),
}))

it('is of the providers that are there: one that was disposed of is forgotten', async () => {
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const plugin = llamacpp({ server: { args: [] } })
  const context = { credentials: {}, clock, logger }
  const made = [await plugin.create({ id: 'one', ...context }), await plugin.create({ id: 'two', ...context })]
  await plugin.stop()
  expect(stopped.splice(0)).toEqual(['one', 'two'])
  await made[0]?.dispose?.()
  await plugin.stop()
  expect(stopped).toEqual(['two'])
})
