import { expect, test } from 'vitest'
import { manifest as anthropic } from '../../packages/provider-anthropic/src/manifest.ts'
import { manifest as openai } from '../../packages/provider-openai/src/manifest.ts'
import { changedFields } from '../docs/changed-fields.ts'
import { mappingOf, plugs } from '../docs/mapping.ts'

test('a changed field is told by its path, and an object that is the value itself as one', () => {
  const before = { model: 'm', metadata: { a: 'b' }, stop: ['x'] }
  expect(changedFields(before, before, 1)).toEqual([])
  expect(changedFields(before, { ...before, metadata: { a: 'b', user: 'u' } }, 'u')).toEqual(['metadata.user'])
  expect(changedFields(before, { ...before, labels: { team: 'blue' } }, { team: 'blue' })).toEqual(['labels'])
  expect(changedFields(before, { ...before, stop: ['y'], think: { on: true, for: 9 } }, 9)).toEqual([
    'stop',
    'think.on',
    'think.for',
  ])
})

test('fields are those that the SDK sends', async () => {
  const [, rows = ''] = await mappingOf(anthropic, plugs['anthropic'] ?? new Map())
  expect(rows).toContain('| `user` | text | `metadata.user_id` |')
  expect(rows).toContain('| `stop` | texts | `stop_sequences` |')
  expect(rows).not.toContain('temperature')
})

test('what is declared and not sent is an error', async () => {
  const parameters = { topK: { type: 'integer' } } as const
  const wrong = { ...openai, capabilities: { ...openai.capabilities, parameters }, models: [] }
  const deaf = plugs['anthropic']?.get('field')
  if (!deaf) throw new Error('there is no such plug')
  await expect(
    mappingOf(
      wrong,
      new Map([
        [
          'field',
          (send) => {
            const plugin = deaf(send)
            return {
              ...plugin,
              create: async (context) => ({
                ...(await plugin.create(context)),
                capabilities: () => wrong.capabilities,
              }),
            }
          },
        ],
      ]),
    ),
  ).rejects.toThrow('topK')
})
