import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readRecordings } from './read-recordings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llmfb-recordings-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('reads the recordings of a service from the folder it is given', () => {
  writeFileSync(join(folder, 'acme.jsonl'), '{"id":"1"}\n{"id":"2"}\n')
  expect(readRecordings('acme', folder)).toEqual([{ id: '1' }, { id: '2' }])
})

it('gives undefined where nothing was recorded', () => {
  expect(readRecordings('acme', folder)).toBeUndefined()
  expect(readRecordings('acme', join(folder, 'none'))).toBeUndefined()
})
