// Reads sources and finds what they import, by scanning rather than parsing: enough for the rules, and fast.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

export interface Import {
  /** As written: `./circuit.ts`, `@llmfb/core`, `openai`. */
  readonly specifier: string
  /** `import type` or `export type`: gone at run time. */
  readonly typeOnly: boolean
  /** `import('…')`: at run time, but not when the module is loaded. */
  readonly dynamic: boolean
  /** The file meant, as a path from the root, for relative specifiers. */
  readonly file: string | undefined
}

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
  /** The text without comments. */
  readonly code: string
  /** The text without comments, and with every string, template and pattern emptied. */
  readonly bare: string
  /** The contents of all string literals and of the fixed parts of templates. */
  readonly strings: readonly string[]
  readonly imports: readonly Import[]
}

export function toSourceFile(path: string, text: string): SourceFile {
  const { code, bare, strings } = split(text)
  return { path, text, code, bare, strings, imports: findImports(path, code) }
}

/** All `.ts` files below the given folders, declaration files apart. */
export function readSources(root: string, folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) => {
    const absolute = join(root, folder)
    if (!existsSync(absolute)) return []
    return (readdirSync(absolute, { recursive: true }) as string[])
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !/(^|\/)(node_modules|dist)\//.test(name))
      .filter((name) => statSync(join(absolute, name)).isFile())
      .toSorted()
      .map((name) => toSourceFile(`${folder}/${name}`, readFileSync(join(absolute, name), 'utf8')))
  })
}

export function isTest(file: SourceFile): boolean {
  return file.path.endsWith('.test.ts') || /\/(test|__fixtures__)\//.test(file.path)
}

function findImports(path: string, code: string): Import[] {
  const statement =
    /(?:^|[;\n])[ \t]*(?:import|export)\b(?<clause>(?:[ \t]+type\b)?[^'"`;=()]*?\bfrom)?\s*(?<quote>['"])(?<from>[^'"\n]+)\k<quote>/g
  const expression = /\bimport\s*\(\s*(?<quote>['"])(?<from>[^'"\n]+)\k<quote>/g
  const found = [
    ...[...code.matchAll(statement)].map((match) => ({ match, dynamic: false })),
    ...[...code.matchAll(expression)].map((match) => ({ match, dynamic: true })),
  ]
  return found.map(({ match, dynamic }) => {
    const specifier = match.groups?.['from'] ?? ''
    return {
      specifier,
      typeOnly: /^\s+type\b/.test(match.groups?.['clause'] ?? ''),
      dynamic,
      file: specifier.startsWith('.') ? posix.join(dirname(path), specifier) : undefined,
    }
  })
}

/** Whether a `/` after this code begins a pattern rather than divides. */
const beforePattern = /(?:^|[=(,:;!&|?{}[\]+\-*%<>~^\n]|\b(?:return|typeof|case|in|of|void|await|yield))\s*$/

/** A scanner for comments, strings, templates and patterns. */
function split(text: string): { code: string; bare: string; strings: string[] } {
  let code = ''
  let bare = ''
  const strings: string[] = []
  /** For each open `${`, how many braces are open inside it. */
  const braces: number[] = []
  let at = 0

  const quoted = (end: number): void => {
    code += text.slice(at, end)
    at = end
  }
  /** From the start of a template's fixed part to its end, or to the next `${`. */
  const templatePart = (start: number): void => {
    let end = start
    while (end < text.length && text[end] !== '`' && !text.startsWith('${', end)) end += text[end] === '\\' ? 2 : 1
    strings.push(text.slice(start, end))
    const opens = text.startsWith('${', end)
    if (opens) braces.push(0)
    bare += opens ? ' ${ ' : '`'
    quoted(end + (opens ? 2 : 1))
  }

  while (at < text.length) {
    const char = text[at]
    if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2)
      const comment = text.slice(at, end === -1 ? text.length : end + 2)
      const lines = comment.replaceAll(/[^\n]/g, '')
      code += lines === '' ? ' ' : lines
      bare += lines === '' ? ' ' : lines
      at += comment.length
    } else if (char === "'" || char === '"') {
      let end = at + 1
      while (end < text.length && text[end] !== char && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1
      strings.push(text.slice(at + 1, end))
      bare += char + char
      quoted(end + 1)
    } else if (char === '`') {
      bare += '`'
      templatePart(at + 1)
    } else if (char === '}' && braces.at(-1) === 0) {
      braces.pop()
      bare += ' } '
      templatePart(at + 1)
    } else if (char === '/' && beforePattern.test(bare.slice(-40))) {
      let end = at + 1
      let inClass = false
      while (end < text.length && text[end] !== '\n' && (inClass || text[end] !== '/')) {
        if (text[end] === '[') inClass = true
        if (text[end] === ']') inClass = false
        end += text[end] === '\\' ? 2 : 1
      }
      bare += '//'
      quoted(end + 1)
    } else {
      const open = braces.length - 1
      if (open >= 0 && char === '{') braces[open] = (braces[open] ?? 0) + 1
      if (open >= 0 && char === '}') braces[open] = (braces[open] ?? 0) - 1
      code += char
      bare += char
      at += 1
    }
  }
  return { code, bare, strings }
}
