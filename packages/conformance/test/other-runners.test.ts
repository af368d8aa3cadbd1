import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { allCases } from '../src/suite/all-cases.ts'

// Versions that do not strip types cannot run the file.
test.skipIf(!process.features.typescript)('the suite runs with the runner of Node', async () => {
  const file = join(import.meta.dirname, 'acme/with-node-test.ts')
  const flags = ['--disable-warning=ExperimentalWarning', '--conditions=@llmfb/source', '--test', '--test-reporter=tap']
  // A run within a run would report to this one.
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
  const run = spawn(process.execPath, [...flags, file], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [output, [code]] = await Promise.all([text(run.stdout), once(run, 'close') as Promise<[number]>])
  expect(output).toMatch(/^# fail 0$/m)
  expect(Number(/^# pass (\d+)$/m.exec(output)?.[1])).toBe(allCases.length + 2)
  expect(code).toBe(0)
})
