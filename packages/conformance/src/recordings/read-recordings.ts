import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Recording } from './recording.ts'

/** Beside the repository that this file is in; it is not part of it. */
const besideRepository = resolve(import.meta.dirname, '../../../../../shared/recordings')

/**
 * The recorded exchanges with a service (`openai`, `anthropic`): one JSON object a line in `<provider>.jsonl`.
 *
 * @param folder - where that file is. By default `shared/recordings` beside this repository, which is nowhere for those
 *   who installed the package.
 * @returns undefined where the file is not there
 */
export function readRecordings(provider: string, folder: string = besideRepository): Recording[] | undefined {
  const path = join(folder, `${provider}.jsonl`)
  if (!existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Recording)
}
