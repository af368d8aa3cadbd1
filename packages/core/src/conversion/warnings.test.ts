import { expect, it } from 'vitest'
import { createWarnings } from './warnings.ts'

it('keeps warnings in their order, each of them once', () => {
  const { list, warn } = createWarnings()
  warn('unsupported', 'It takes no seed.', 'seed')
  warn('changed', 'It was rounded.')
  warn('unsupported', 'It takes no seed.', 'seed')
  warn('unsupported', 'It takes no seed.', 'tools.seed')
  expect(list).toEqual([
    { type: 'unsupported', message: 'It takes no seed.', parameter: 'seed' },
    { type: 'changed', message: 'It was rounded.' },
    { type: 'unsupported', message: 'It takes no seed.', parameter: 'tools.seed' },
  ])
  expect(list[1]).not.toHaveProperty('parameter')
})
