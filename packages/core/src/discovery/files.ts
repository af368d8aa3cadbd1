import { readFileSync, realpathSync, statSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { isText } from '../validation/shape.ts'

/** Most bytes of a file of data that are read: far more than any manifest has. */
const maxBytes = 4 * 1024 * 1024

function statsOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

export function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() === true
}

export function isFile(path: string): boolean {
  return statsOf(path)?.isFile() === true
}

/** The text of a file; undefined where there is none, or none that can be read. */
export function readText(path: string): string | undefined {
  const stats = statsOf(path)
  if (!stats?.isFile() || stats.size > maxBytes) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const withoutPrototype = (key: string, value: unknown): unknown => (key === '__proto__' ? undefined : value)

/** What a text of JSON says, without what would become a prototype; undefined where it is no JSON. */
export function parseData(text: string = ''): unknown {
  // Looking at every field takes several times as long as reading them; the name may be written with escapes.
  const isSuspect = /__proto__|\\u/.test(text)
  try {
    return isSuspect ? JSON.parse(text, withoutPrototype) : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The real path of the file `path` of the package in `folder`, which is a real path; undefined outside of it. */
export function fileInside(folder: string, path: unknown): string | undefined {
  if (!isText(path) || !path.startsWith('./')) return undefined
  const isInside = (file: string): boolean => file.startsWith(folder + sep)
  const file = resolve(folder, path)
  if (!isInside(file) || !isFile(file)) return undefined
  const real = realpathSync(file)
  return isInside(real) ? real : undefined
}
