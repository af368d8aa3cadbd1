// The rules of DESIGN.md sections 2 and 7 and of STYLE.md that a machine can hold. Each rule returns one line per offender.
import { type Import, isTest, type SourceFile } from './source.ts'

export type Rule = (files: readonly SourceFile[]) => string[]

const coreSource = 'packages/core/src/'

/** What core exports besides `testing/`; these gather from all rooms. */
const coreEntries = ['index.ts', 'discovery.ts', 'provider.ts', 'store.ts'].map((name) => `${coreSource}${name}`)

/** The rooms of core, each level resting on those before it. */
const levels: readonly (readonly string[])[] = [
  ['provider', 'errors', 'runtime', 'window'],
  ['failure', 'backoff', 'health', 'limit', 'middleware', 'price', 'store', 'stream', 'tokens', 'validation'],
  ['breaker', 'conversion', 'hedge', 'history', 'keys', 'retry', 'sharing', 'strategy'],
  ['engine', 'registry'],
  ['router', 'discovery'],
]

const levelOf = new Map(levels.flatMap((rooms, level) => rooms.map((room) => [room, level] as const)))

/** Rooms of one level that stand beside each other and must not know of each other. */
const strangers: readonly (readonly [string, string])[] = [
  ['engine', 'registry'],
  ['router', 'discovery'],
]

/** `breaker` for `packages/core/src/breaker/circuit.ts`; `''` for files of no room. */
function roomOf(path: string): string | undefined {
  if (!path.startsWith(coreSource)) return undefined
  const rest = path.slice(coreSource.length)
  return rest.includes('/') ? rest.slice(0, rest.indexOf('/')) : ''
}

/** `packages/core` for `packages/core/src/index.ts`. */
function packageOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('benchmarks/') ? 1 : 2)
    .join('/')
}

const isProduct = (file: SourceFile): boolean => !isTest(file)
const isLibrary = (file: SourceFile): boolean => isProduct(file) && /^packages\/[^/]+\/src\//.test(file.path)
const isCore = (file: SourceFile): boolean => isProduct(file) && file.path.startsWith(coreSource)
const isSource = (file: SourceFile): boolean => /^(?:(?:packages|apps)\/[^/]+|benchmarks)\/src\//.test(file.path)

/** 1-based line numbers of the matches of a global pattern. */
function linesOf(text: string, pattern: RegExp): number[] {
  return [...text.matchAll(pattern)].map((match) => text.slice(0, match.index).split('\n').length)
}

export const roomOrder: Rule = (files) =>
  files.filter(isCore).flatMap((file) => {
    const room = roomOf(file.path) ?? ''
    if (room === 'testing' || coreEntries.includes(file.path)) return []
    const level = levelOf.get(room)
    if (level === undefined)
      return [`${file.path} is in no room of core: add its folder to \`levels\` in tools/boundaries/rules.ts`]
    return file.imports.flatMap((imported) =>
      refusal(room, level, imported).map((reason) => `${file.path} imports ${imported.specifier}: ${reason}`),
    )
  })

function refusal(room: string, level: number, { file, typeOnly }: Import): string[] {
  const target = file === undefined ? undefined : roomOf(file)
  if (target === undefined || target === room) return []
  if (target === '') return ['a room never imports the public surface']
  if (target === 'testing') return ['only tests import testing/']
  if (room === 'provider') return ['provider/ imports nothing outside its folder']
  const targetLevel = levelOf.get(target)
  if (targetLevel === undefined) return [`${target}/ is not a room`]
  if (targetLevel > level) return [`${room}/ rests below ${target}/`]
  if (strangers.some((pair) => pair.includes(room) && pair.includes(target)))
    return [`${room}/ and ${target}/ do not know of each other`]
  if (room === 'runtime' && target === 'provider' && !typeOnly) return ['runtime/ may import only types from provider/']
  return []
}

export const noRoomCycles: Rule = (files) => {
  const graph = new Map<string, Set<string>>()
  for (const file of files.filter(isCore)) {
    const room = roomOf(file.path) ?? ''
    if (room === '' || room === 'testing') continue
    const targets = file.imports.flatMap(({ file: target }) => (target === undefined ? [] : [roomOf(target) ?? room]))
    graph.set(room, new Set([...(graph.get(room) ?? []), ...targets.filter((target) => target !== room)]))
  }
  return findCycles(graph).map((cycle) => `rooms of core in a circle: ${cycle.join(' -> ')}`)
}

export const noImportCycles: Rule = (files) => {
  const known = new Set(files.map(({ path }) => path))
  const graph = new Map(
    files.map(({ path, imports }) => [
      path,
      new Set(imports.flatMap(({ file }) => (file !== undefined && known.has(file) ? [file] : []))),
    ]),
  )
  return findCycles(graph).map((cycle) => `imports in a circle: ${cycle.join(' -> ')}`)
}

/** One example of every circle that a depth-first walk closes. */
function findCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const cycles: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (node: string): void => {
    const start = path.indexOf(node)
    if (start !== -1) cycles.push([...path.slice(start), node])
    if (start !== -1 || done.has(node)) return
    path.push(node)
    for (const next of graph.get(node) ?? []) visit(next)
    path.pop()
    done.add(node)
  }
  for (const node of graph.keys()) visit(node)
  return cycles
}

export const contractIsTypesOnly: Rule = (files) => {
  const value =
    /^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:abstract\s+)?(?:const|let|var|function|class|enum)\b|^export\s*(?!type\b)[{*]|^import\s+(?!type\b)/gm
  return files
    .filter((file) => isCore(file) && roomOf(file.path) === 'provider')
    .flatMap(({ path, bare }) => linesOf(bare, value).map((line) => `${path}:${line}: provider/ holds types only`))
}

export const timeInOneRoom: Rule = (files) => {
  const time =
    /\bDate\s*\.\s*now\b|\bperformance\s*\.\s*now\b|\bMath\s*\.\s*random\b|(?<![.\w])(?:globalThis\s*\.\s*)?(?:setTimeout|setInterval)\b/g
  return files
    .filter((file) => isLibrary(file) && !file.path.startsWith(`${coreSource}runtime/`))
    .flatMap(({ path, bare }) =>
      linesOf(bare, time).map((line) => `${path}:${line}: time, timers and randomness come from core/src/runtime`),
    )
}

/** Core runs on platforms that have no `node:` modules; discovery, which reads folders, is an entry of its own. */
export const nodeInOneRoom: Rule = (files) =>
  files
    .filter((file) => isCore(file) && roomOf(file.path) !== 'discovery')
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier, file }) =>
        specifier.startsWith('node:') || (path !== `${coreSource}discovery.ts` && file?.includes('/discovery/'))
          ? [`${path} imports ${specifier}: only core/src/discovery uses Node`]
          : [],
      ),
    )

/** `./testing` -> allowed as `@llmfb/core/testing`; from the `exports` of each package, by package name. */
export type PublicEntries = ReadonlyMap<string, { readonly folder: string; readonly entries: readonly string[] }>

export function noForeignInternals(files: readonly SourceFile[], packages: PublicEntries): string[] {
  return files.flatMap((file) => {
    const home = packageOf(file.path)
    return file.imports.flatMap(({ specifier, file: target }) => {
      if (target !== undefined) {
        return packageOf(target) === home
          ? []
          : [`${file.path} imports ${specifier}: reach other packages by their name`]
      }
      const name = /^@llmfb\/[^/]+/.exec(specifier)?.[0]
      if (name === undefined) return []
      const owner = packages.get(name)
      if (owner === undefined) return [`${file.path} imports ${specifier}: there is no such package`]
      if (file.path.startsWith('packages/') && !owner.folder.startsWith('packages/')) {
        return [`${file.path} imports ${specifier}: packages never import apps`]
      }
      const entry = `.${specifier.slice(name.length)}`
      return owner.entries.includes(entry)
        ? []
        : [`${file.path} imports ${specifier}: not among the exports of ${name}`]
    })
  })
}

export const coreNamesNoProvider: Rule = (files) => {
  const providers = /\b(?:openai|anthropic|claude|azure|bedrock|google|gemini|xai|dial|openrouter|ollama|llamacpp)\b/i
  return files
    .filter(isCore)
    .flatMap(({ path, strings }) =>
      strings
        .filter((text) => providers.test(text))
        .map((text) => `${path}: core names no provider, but says '${text}'`),
    )
}

export const manifestLoadsNoSdk: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const loaded = (file: SourceFile, seen: Set<string>): string[] => {
    if (seen.has(file.path)) return []
    seen.add(file.path)
    return file.imports
      .filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic)
      .flatMap(({ specifier, file: target }) => {
        const next = target === undefined ? undefined : byPath.get(target)
        if (next !== undefined) return loaded(next, seen)
        const isData = specifier === '@llmfb/core' || specifier === '@llmfb/openai-compatible/models'
        return target !== undefined || isData || specifier.startsWith('node:') ? [] : [specifier]
      })
  }
  return files
    .filter(({ path }) => /^packages\/(?:provider-[^/]+\/src\/manifest|openai-compatible\/src\/models)\.ts$/.test(path))
    .flatMap((file) =>
      loaded(file, new Set()).map((specifier) => `${file.path} loads ${specifier}: a manifest is data`),
    )
}

/** The names that a module exports. */
export function exportedNames({ bare }: SourceFile): string[] {
  const lists = [...bare.matchAll(/^export\s+(?:type\s+)?\{([^}]*)\}/gm)].flatMap(([, list]) =>
    (list ?? '')
      .split(',')
      .map((name) => name.trim().replace(/^type\s+/, ''))
      .filter((name) => name !== '')
      .map((name) => name.split(/\s+as\s+/).at(-1) ?? name),
  )
  const declared = [
    ...bare.matchAll(
      /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type)\s+([\w$]+)/gm,
    ),
  ].map(([, name]) => name ?? '')
  return [...new Set([...lists, ...declared])]
}

export const smallSurfaces: Rule = (files) =>
  files.flatMap((file) => {
    const most = /^packages\/provider-[^/]+\/src\/index\.ts$/.test(file.path)
      ? 8
      : file.path === `${coreSource}index.ts`
        ? 70
        : undefined
    const count = exportedNames(file).length
    return most === undefined || count <= most
      ? []
      : [`${file.path} exports ${count} names, at most ${most} are allowed`]
  })

export const noLongFiles: Rule = (files) =>
  files.filter(isSource).flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1
    return lines > 500 ? [`${path} has ${lines} lines, at most 500 are allowed`] : []
  })

export const noShortcuts: Rule = (files) => {
  const inCode: readonly (readonly [RegExp, string])[] = [
    [/^\s*export\s*\*/gm, '`export *`: name what is exported'],
    [/\bas\s+any\b/g, '`as any`'],
  ]
  const anywhere: readonly (readonly [RegExp, string])[] = [
    [/@ts-(?:ignore|nocheck)\b/g, '`@ts-ignore`'],
    [/\b(?:TODO|FIXME)\b/g, 'unfinished work'],
    [/\bnot implemented\b/gi, 'unfinished work'],
  ]
  return files
    .filter(isSource)
    .flatMap((file) => [
      ...inCode.flatMap(([pattern, what]) =>
        linesOf(file.bare, pattern).map((line) => `${file.path}:${line}: ${what}`),
      ),
      ...anywhere.flatMap(([pattern, what]) =>
        linesOf(file.text, pattern).map((line) => `${file.path}:${line}: ${what}`),
      ),
    ])
}
