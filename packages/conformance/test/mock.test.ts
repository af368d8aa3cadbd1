import { LLMock } from '@copilotkit/aimock'
import { aimock, chatCompletions, type MockService, type ServiceDescription } from '@llmfb/conformance'
import { expect, it, test } from 'vitest'
import type { CaseResult } from '../src/report/report.ts'
import { allCases } from '../src/suite/all-cases.ts'
import type { Excuse } from '../src/suite/run-case.ts'
import { runCase } from '../src/suite/run-case.ts'
import { acme } from './acme/acme.ts'

const subject = {
  create: acme,
  server: chatCompletions({ reasoningField: 'reasoning_content' }),
  models: ['acme-large'],
}

async function resultOf(id: string, mock: MockService, excuse?: Excuse): Promise<CaseResult> {
  const found = allCases.find((each) => each.id === id)
  if (!found) throw new Error(`there is no case ${id}`)
  return (await runCase({ ...subject, mock }, found, excuse)).result
}

test.each(['text.answer', 'text.finish', 'tools.parallel', 'reasoning.answer', 'stream.pieces', 'failures.rate-limit'])(
  '%s passes against aimock, which answers what was sent',
  async (id) => {
    expect(await resultOf(id, aimock(LLMock))).toBe('passed')
  },
)

test.each([
  ['cuts.stream-events', 'it needs answers of the suite’s own making, which aimock does not give'],
  ['failures.any-status', 'it needs answers of the suite’s own making, which aimock does not give'],
  ['contract.manifest', 'it asks nothing of a service'],
  ['text.rate-limits', 'the service tells no limits'],
  ['failures.warming', 'its models are always loaded'],
])('%s says why it does not apply', async (id, inapplicable) => {
  expect(await resultOf(id, aimock(LLMock))).toEqual({ inapplicable })
})

it('is excused where it is unfaithful, and only there', async () => {
  const reason = 'it tells usage in any case'
  expect(await resultOf('text.usage', aimock(LLMock), { of: 'mock', reason })).toEqual({ inapplicable: reason })
  expect(await resultOf('text.usage', aimock(LLMock))).toHaveProperty('failed')
  expect(await resultOf('text.answer', aimock(LLMock), { of: 'mock', reason })).toEqual({
    failed: "aimock is said to be unfaithful in 'text.answer', and the case passes",
  })
})

it('has no words for an error with a code, where it tells none', async () => {
  const inapplicable = 'aimock has no words for it'
  expect(await resultOf('failures.quota', aimock(LLMock, { codes: false }))).toEqual({ inapplicable })
})

it('fails a provider that sends what the vendor does not describe', async () => {
  const [found] = allCases.filter(({ id }) => id === 'text.answer')
  const description: ServiceDescription = {
    name: 'acme.json',
    problemsIn: () => [],
    problemsOf: ({ path }) => (path.endsWith('/chat/completions') ? ['body.model is odd', 'body.stream is odd'] : []),
  }
  const { result } = await runCase({ ...subject, description }, found!, undefined)
  const failed = 'what was sent is not as acme.json describes it: body.model is odd, and 1 more'
  expect(result).toEqual({ failed })
})
