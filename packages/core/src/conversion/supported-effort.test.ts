import { expect, it, test } from 'vitest'
import type { ReasoningEffort } from '../provider/request.ts'
import { supportedEffort } from './supported-effort.ts'
import { createWarnings } from './warnings.ts'

test.each<[ReasoningEffort, readonly ReasoningEffort[], ReasoningEffort | undefined]>([
  ['minimal', ['none', 'low', 'high'], 'low'],
  ['medium', ['low', 'high'], 'low'],
  ['medium', ['high', 'low'], 'low'],
  ['low', ['none', 'medium', 'max'], 'medium'],
  ['max', ['none', 'low', 'xhigh'], 'xhigh'],
  ['none', ['low', 'high'], 'low'],
  ['high', ['none'], undefined],
  ['high', [], undefined],
])('%s, where %s are known, is %s', (asked, supported, sent) => {
  const { list, warn } = createWarnings()
  expect(supportedEffort(asked, supported, 'm', warn)).toBe(sent)
  const done = sent === undefined ? 'it was left out' : `'${sent}' was sent`
  const type = sent === undefined ? 'unsupported' : 'changed'
  const message = `m does not know the effort '${asked}'; ${done}.`
  expect(list).toEqual([{ type, message, parameter: 'reasoning.effort' }])
})

it('gives one that is known as it is, without a warning', () => {
  const { list, warn } = createWarnings()
  const all = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const
  expect(all.map((effort) => supportedEffort(effort, all, 'm', warn))).toEqual(all)
  expect(list).toEqual([])
})
