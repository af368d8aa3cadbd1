import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { countRecordings, recordingsLine } from '../recordings.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'llmfb-recordings-'))
  write('packages/a/package.json', JSON.stringify({ scripts: { test: 'test' } }))
  write('recordings/acme.jsonl', '{"id":"acme-1"}\n{"id":"acme-2"}\n{"id":"acme-22"}\n')
  write('recordings/other.jsonl', '{"id":"other-1"}\n')
})
afterEach(() => rmSync(root, { recursive: true }))

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

function report(...tests: readonly (readonly [status: string, fullName: string])[]): void {
  const assertionResults = tests.map(([status, fullName]) => ({ status, fullName }))
  write('packages/a/reports/vitest.json', JSON.stringify({ testResults: [{ assertionResults }] }))
}

const count = (reasons: Record<string, string> = {}) => countRecordings(root, join(root, 'recordings'), reasons)

it('counts what was replayed by the names of the tests that passed', () => {
  report(
    ['passed', 'recorded replays acme-1'],
    ['passed', 'facets recorded reports acme-22 (429)'],
    ['passed', 'recorded notices that acme-2 is cut'],
    ['passed', 'acme replays other-1'],
  )
  const counted = count()
  expect(counted && recordingsLine(counted)).toBe('3 of 4 recorded exchanges replayed: acme 2 of 3, other 1')
  expect(counted?.problems).toEqual(['the recording acme-2 was not replayed'])
})

it('does not count what failed anywhere, or was skipped', () => {
  report(['passed', 'replays acme-1'], ['failed', 'again replays acme-1'], ['skipped', 'replays acme-2'])
  expect(count()?.replayed).toBe(0)
})

it('takes a reason for what is not replayed, and no other', () => {
  report(['passed', 'replays acme-1'], ['passed', 'replays acme-2'], ['passed', 'replays acme-22'])
  expect(count({ 'other-1': 'it is of an API that is no more' })?.problems).toEqual([])
  expect(count({ 'other-1': 'the same', 'acme-1': 'too large' })?.problems).toEqual([
    'the recording acme-1 was replayed after all',
  ])
})

it('counts nothing where there is nothing', () => {
  expect(countRecordings(root, join(root, 'nowhere'))).toBeUndefined()
  expect(count()).toMatchObject({ replayed: 0, of: 4 })
})
