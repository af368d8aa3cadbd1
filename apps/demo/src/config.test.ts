import { expect, test } from 'vitest'
import { defaultQuestion, parseConfig } from './config.ts'

test('nothing: all scenes', () => {
  expect(parseConfig([])).toEqual({ type: 'mock' })
})

test('a question, quoted or not', () => {
  expect(parseConfig(['Why', 'the', 'sea?'])).toEqual({ type: 'mock', question: 'Why the sea?' })
  expect(parseConfig(['Why the sea?'])).toEqual({ type: 'mock', question: 'Why the sea?' })
})

test('the separator that some package managers hand on', () => {
  expect(parseConfig(['--', '--live'])).toEqual({ type: 'live', question: defaultQuestion, models: [] })
})

test('a question that begins with a dash', () => {
  expect(parseConfig(['--live', '--', '-1 or 1?'])).toEqual({ type: 'live', question: '-1 or 1?', models: [] })
})

test('live, with models in their order', () => {
  expect(parseConfig(['--live', '--model', 'openai/gpt-5', '--model=anthropic/claude-opus-5', 'Hi'])).toEqual({
    type: 'live',
    question: 'Hi',
    models: ['openai/gpt-5', 'anthropic/claude-opus-5'],
  })
})

test('help wins', () => {
  expect(parseConfig(['--live', '--help'])).toEqual({ type: 'help' })
  expect(parseConfig(['-h'])).toEqual({ type: 'help' })
})

test.for([
  { args: ['--lvie'], says: /Unknown option '--lvie'/ },
  { args: ['-x'], says: /Unknown option '-x'/ },
  { args: ['--live=yes'], says: /--live.*does not take an argument/ },
  { args: ['--model'], says: /--model.*argument missing/ },
  { args: ['--live', '--model', 'gpt-5'], says: /a target such as openai\/gpt-5, not 'gpt-5'/ },
  { args: ['--model', 'openai/gpt-5'], says: /goes with --live/ },
])('a mistake: $args', ({ args, says }) => {
  const config = parseConfig(args)
  expect(config).toMatchObject({ type: 'mistake', message: expect.stringMatching(says) })
})
