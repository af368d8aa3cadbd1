import { expect, it } from 'vitest'
import { coreSize, limit } from '../size.mjs'

it('core is small', async () => {
  const { gzipped } = await coreSize()
  expect(gzipped, `@llmfb/core is ${gzipped} bytes minified and gzipped`).toBeLessThanOrEqual(limit)
})
