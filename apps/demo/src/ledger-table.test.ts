import { styleText } from 'node:util'
import type { Attempt, Ledger } from '@llmfb/core'
import { expect, test } from 'vitest'
import { createPlainTerminal } from '../test/terminals.ts'
import { displayWidth } from './display-width.ts'
import { formatMs, headerLine, layOut, ledgerLines } from './ledger-table.ts'
import type { Terminal } from './terminal.ts'

const plain = createPlainTerminal()

function attempt(rest: Partial<Attempt>): Attempt {
  const [provider = '', model = ''] = (rest.target ?? 'openai/gpt-5').split('/')
  const usual = { number: 1, target: 'openai/gpt-5', stage: 'primary', reason: 'first', outcome: 'success' } as const
  return { ...usual, provider, model, startMs: 0, durationMs: 4, ...rest }
}

function ledger(attempts: Attempt[], exclusions: Ledger['exclusions'] = []): Ledger {
  return { route: 'chat', attempts, exclusions, latencyMs: 10 }
}

const failover = ledger([
  attempt({ outcome: 'failure', kind: 'overloaded', status: 503, durationMs: 1234 }),
  attempt({ number: 2, target: 'anthropic/claude-sonnet-4-5', reason: 'next-target', waitedMs: 250, durationMs: 40 }),
])

function table(of: Ledger, columns: number, terminal: Terminal = plain): string[] {
  const layout = layOut([of], columns)
  return [headerLine(layout, terminal), ...ledgerLines(layout, of, columns, terminal)]
}

test('columns stand under their titles', () => {
  expect(table(failover, 100)).toEqual([
    '#  target                       stage    why          outcome  kind/status     waited   took',
    '1  openai/gpt-5                 primary  first        failure  overloaded 503          1.2 s',
    '2  anthropic/claude-sonnet-4-5  primary  next-target  success                  250 ms  40 ms',
  ])
})

test('a column without a value is left out', () => {
  expect(table(ledger([attempt({})]), 100)).toEqual([
    '#  target        stage    why    outcome  took',
    '1  openai/gpt-5  primary  first  success  4 ms',
  ])
})

test('a narrow terminal does without the stage, then with shorter targets', () => {
  expect(table(failover, 84)).toEqual([
    '#  target                       why          outcome  kind/status     waited   took',
    '1  openai/gpt-5                 first        failure  overloaded 503          1.2 s',
    '2  anthropic/claude-sonnet-4-5  next-target  success                  250 ms  40 ms',
  ])
  expect(table(failover, 76)).toEqual([
    '#  target                why          outcome  kind/status     waited   took',
    '1  openai/gpt-5          first        failure  overloaded 503          1.2 s',
    '2  anthropic/claude-so…  next-target  success                  250 ms  40 ms',
  ])
})

test('ledgers that are shown apart share their columns', () => {
  const layout = layOut([failover, ledger([attempt({})])], 100)
  const [line = ''] = ledgerLines(layout, ledger([attempt({})]), 100, plain)
  expect(line.indexOf('primary')).toBe(headerLine(layout, plain).indexOf('stage'))
})

test('wide characters keep the columns in line', () => {
  const mixed = ledger([attempt({ target: 'openai/空の色' }), attempt({ number: 2, target: 'openai/gpt-5-mini' })])
  const [, first = '', second = ''] = table(mixed, 100)
  expect(displayWidth(first)).toBe(displayWidth(second))
  expect(displayWidth(first.slice(0, first.indexOf('primary')))).toBe(second.indexOf('primary'))
})

test('colours move nothing', () => {
  const colourful: Terminal = { ...plain, paint: (format, text) => styleText(format, text, { validateStream: false }) }
  const coloured = table(failover, 100, colourful)
  expect(coloured.join()).toContain('\u{1B}[31mfailure\u{1B}[39m')
  expect(coloured.map(displayWidth)).toEqual(table(failover, 100).map(displayWidth))
})

test('targets that were passed over stand below, with their reason, and break within the width', () => {
  const detail = 'left alone for another 1.0 s after rate-limit'
  const passedOver = { target: 'openai/gpt-5', stage: 'primary', reason: 'paused', detail, afterAttempt: 0 } as const
  const lines = table(ledger([attempt({})], [passedOver]), 60)
  expect(lines.slice(2)).toEqual([
    '–  openai/gpt-5 not tried, paused: left alone for another',
    '   1.0 s after rate-limit',
  ])
})

test('a ledger of exclusions alone', () => {
  const passedOver = { target: 'a/b', stage: 's', reason: 'unavailable', detail: 'no key', afterAttempt: 0 } as const
  expect(ledgerLines(layOut([ledger([])], 80), ledger([], [passedOver]), 80, plain)).toEqual([
    '–  a/b not tried, unavailable: no key',
  ])
})

test('times', () => {
  expect([0.4, 12.6, 999, 1000, 12_340].map(formatMs)).toEqual(['0 ms', '13 ms', '999 ms', '1.0 s', '12.3 s'])
})
