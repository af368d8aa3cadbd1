import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Recording } from './recording.ts'

/** Beside the repository; it is not part of it. */
const folder = resolve(import.meta.dirname, '../../../../../shared/recordings')

/** The recorded exchanges with a service (`openai`, `anthropic`), or undefined where the recordings are not there. */
export function readRecordings(provider: string): Recording[] | undefined {
  const path = join(folder, `${provider}.jsonl`)
  if (!existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Recording)
}
