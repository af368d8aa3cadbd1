import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  contractIsTypesOnly,
  coreNamesNoProvider,
  exportedNames,
  manifestLoadsNoSdk,
  noForeignInternals,
  noImportCycles,
  noLongFiles,
  noRoomCycles,
  noShortcuts,
  nodeInOneRoom,
  type PublicEntries,
  roomOrder,
  type Rule,
  smallSurfaces,
  timeInOneRoom,
} from '../boundaries/rules.ts'
import { readSources, toSourceFile } from '../boundaries/source.ts'
import { packageFolders, repository } from '../workspace.mjs'

const packages = packageFolders()
const files = readSources(repository, packages)

const entries: PublicEntries = new Map(
  packages.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as {
      name: string
      exports?: Record<string, unknown>
    }
    return [manifest.name, { folder, entries: Object.keys(manifest.exports ?? {}) }]
  }),
)

describe('the repository', () => {
  const rules: readonly (readonly [string, Rule])[] = [
    ['the rooms of core import one way', roomOrder],
    ['no rooms of core stand in a circle', noRoomCycles],
    ['no imports stand in a circle, types included', noImportCycles],
    ['the contract in core/src/provider is types only', contractIsTypesOnly],
    ['time, timers and randomness stay in core/src/runtime', timeInOneRoom],
    ['only discovery uses Node in core', nodeInOneRoom],
    ['packages meet through their exports only, and never import apps', (all) => noForeignInternals(all, entries)],
    ['core names no provider', coreNamesNoProvider],
    ['manifests load no SDK', manifestLoadsNoSdk],
    ['public surfaces are small', smallSurfaces],
    ['no source is longer than 500 lines', noLongFiles],
    ['no shortcuts', noShortcuts],
  ]
  it.each(rules)('%s', (_, rule) => {
    expect(rule(files).join('\n')).toBe('')
  })

  it('is found by the scanner', () => {
    expect(files.length).toBeGreaterThan(packages.length)
  })
})

describe('the rules find the offender', () => {
  const core = (path: string, text: string) => toSourceFile(`packages/core/src/${path}`, text)

  it.each([
    ['breaker/a.ts', "import { x } from '../engine/b.ts'", 'breaker/ rests below engine/'],
    ['engine/a.ts', "import type { X } from '../registry/b.ts'", 'do not know of each other'],
    ['registry/a.ts', "import { x } from '../engine/b.ts'", 'do not know of each other'],
    ['provider/a.ts', "import type { X } from '../errors/b.ts'", 'imports nothing outside its folder'],
    ['runtime/a.ts', "import { x } from '../provider/b.ts'", 'only types'],
    ['engine/a.ts', "import { x } from '../testing/b.ts'", 'only tests'],
    ['engine/a.ts', "import { x } from '../index.ts'", 'never imports the public surface'],
    ['engine/a.ts', "const a = await import('../router/b.ts')", 'engine/ rests below router/'],
    ['engine/a.ts', "export { x } from '../router/b.ts'", 'engine/ rests below router/'],
    ['engine/a.ts', "import {\n  x,\n  type Y,\n} from '../router/b.ts'", 'engine/ rests below router/'],
    ['utils/a.ts', '', 'in no room'],
    ['router.ts', '', 'in no room'],
  ])('room order: %s with %j', (path, text, reason) => {
    expect(roomOrder([core(path, text)]).join()).toContain(reason)
  })

  it.each([
    ['router/a.ts', "import { x } from '../engine/b.ts'\nimport { y } from '../registry/b.ts'"],
    ['runtime/a.ts', "import type { X } from '../provider/b.ts'"],
    ['testing/a.ts', "import { x } from '../router/b.ts'"],
    ['provider.ts', "export { x } from './router/b.ts'"],
    ['breaker/a.test.ts', "import { x } from '../testing/b.ts'"],
    ['breaker/a.ts', "// import { x } from '../engine/b.ts'\nimport { x } from '../health/b.ts'"],
  ])('room order lets pass: %s with %j', (path, text) => {
    expect(roomOrder([core(path, text)])).toEqual([])
  })

  it('circles, types included', () => {
    const circle = [
      core('breaker/a.ts', "import type { B } from './b.ts'"),
      core('breaker/b.ts', "import { a } from './a.ts'"),
    ]
    expect(noImportCycles(circle)).toEqual([expect.stringContaining('a.ts -> packages/core/src/breaker/b.ts -> ')])
    const rooms = [
      core('health/a.ts', "import { b } from '../limit/b.ts'"),
      core('limit/c.ts', "import { d } from '../health/d.ts'"),
    ]
    expect(noRoomCycles(rooms)).toEqual(['rooms of core in a circle: health -> limit -> health'])
  })

  it.each(['export const a = 1', 'function a() {}', "export { a } from './b.ts'", "import { a } from './b.ts'"])(
    'values in the contract: %s',
    (text) => {
      expect(contractIsTypesOnly([core('provider/a.ts', text)])).toHaveLength(1)
    },
  )

  it.each(['Date.now()', 'performance.now()', 'Math.random()', 'setTimeout(f)', 'globalThis.setInterval(f)'])(
    'time outside of runtime: %s',
    (text) => {
      expect(timeInOneRoom([core('retry/a.ts', text)])).toHaveLength(1)
      expect(timeInOneRoom([toSourceFile('packages/provider-x/src/a.ts', text)])).toHaveLength(1)
      expect(timeInOneRoom([core('runtime/a.ts', text), core('retry/a.test.ts', text)])).toEqual([])
      expect(timeInOneRoom([core('retry/a.ts', `// ${text}\nconst a = '${text}'; clock.setTimeout(f)`)])).toEqual([])
    },
  )

  it.each([
    ['packages/a/src/a.ts', "import { x } from '@llmfb/demo'", 'never import apps'],
    ['packages/a/src/a.ts', "import { x } from '@llmfb/core/src/x.ts'", 'not among the exports'],
    ['packages/a/src/a.ts', "import { x } from '../../core/src/x.ts'", 'by their name'],
    ['apps/demo/src/a.ts', "import { x } from '@llmfb/nowhere'", 'no such package'],
  ])('foreign internals: %s with %j', (path, text, reason) => {
    expect(noForeignInternals([toSourceFile(path, text)], entries).join()).toContain(reason)
  })

  it.each([
    ['router/a.ts', "import { readFileSync } from 'node:fs'"],
    ['index.ts', "export { x } from './discovery/a.ts'"],
    ['testing/a.ts', "const a = await import('node:os')"],
  ])('Node in core: %s with %j', (path, text) => {
    expect(nodeInOneRoom([core(path, text)])).toHaveLength(1)
    expect(nodeInOneRoom([core('discovery/a.ts', text), core('discovery.ts', "import './discovery/a.ts'")])).toEqual([])
  })

  it('providers named in core', () => {
    const named = core('engine/a.ts', "if (id === 'openai') x(`use ${id} or Anthropic`) // openai")
    expect(coreNamesNoProvider([named])).toHaveLength(2)
    expect(coreNamesNoProvider([core('engine/a.ts', "/** As 'openai' does. */ const a = 'dialect'")])).toEqual([])
  })

  it('an SDK behind a manifest', () => {
    const manifest = toSourceFile('packages/provider-x/src/manifest.ts', "import { m } from './models.ts'")
    const models = toSourceFile(
      'packages/provider-x/src/models.ts',
      "import type { T } from 'sdk'\nimport S from 'sdk'",
    )
    expect(manifestLoadsNoSdk([manifest, models])).toEqual([expect.stringContaining('loads sdk')])
  })

  it('wide surfaces', () => {
    const names = Array.from({ length: 9 }, (_, index) => `n${index}`)
    const index = toSourceFile(
      'packages/provider-x/src/index.ts',
      `export {\n  ${names.join(',\n  ')},\n} from './a.ts'`,
    )
    expect(smallSurfaces([index])).toEqual([expect.stringContaining('exports 9 names')])
    expect(
      exportedNames(toSourceFile('a.ts', 'export { a, type B as C }\nexport const d = 1\nexport type E = 1')),
    ).toEqual(['a', 'C', 'd', 'E'])
  })

  it('long files and shortcuts', () => {
    expect(noLongFiles([core('engine/a.ts', 'x\n'.repeat(501))])).toHaveLength(1)
    const text = "export * from './b.ts'\nx as any\n// @ts-ignore\n// TODO\nthrow Error('Not implemented')"
    expect(noShortcuts([core('engine/a.ts', text)])).toHaveLength(5)
    expect(noShortcuts([core('engine/a.ts', "const a = 'as any'")])).toEqual([])
  })

  it('through templates and patterns', () => {
    const { bare, strings } = toSourceFile('a.ts', "const a = `x ${b({ c: 'd' })} y`; const e = /'[/']/; f('g')")
    expect(strings).toEqual(['x ', 'd', ' y', 'g'])
    expect(bare).not.toMatch(/[xyg]/)
  })
})
