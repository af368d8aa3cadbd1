import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { failedTasks, hashOfFolder } from '../turbo.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llmfb-turbo-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, content: string): void => writeFileSync(join(folder, name), content)

it('tells folders apart by the names and contents of their files, and by nothing else', () => {
  write('a.jsonl', '1')
  const first = hashOfFolder(folder)
  expect(first).toMatch(/^[0-9a-f]{64}$/)
  utimesSync(join(folder, 'a.jsonl'), 1, 1)
  expect(hashOfFolder(folder)).toBe(first)
  write('a.jsonl', '2')
  const second = hashOfFolder(folder)
  write('b.jsonl', '')
  expect(new Set([first, second, hashOfFolder(folder)]).size).toBe(3)
  expect(hashOfFolder(join(folder, 'none'))).toBe('')
})

it('names the tasks that failed, in any way', () => {
  const tasks = [
    { taskId: '//#lint', execution: { exitCode: 0 } },
    { taskId: '//#knip', execution: { exitCode: 2 } },
    { taskId: 'b#build', execution: { exitCode: null, error: 'could not be started' } },
    { taskId: 'c#build', execution: null },
  ]
  write('1.json', JSON.stringify({ tasks }))
  expect(failedTasks(folder)).toEqual(['//#knip', 'b#build'])
  expect(failedTasks(join(folder, 'none'))).toEqual([])
})
