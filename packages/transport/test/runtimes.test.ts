import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The built package on every Node it promises to run on; `pnpm build` and `pnpm nodes` provide what this needs. */
const root = resolve(import.meta.dirname, '../../..')
const built = existsSync(join(root, 'packages/transport/dist/index.js'))
const script = join(import.meta.dirname, 'runtimes.script.mjs')

function fetchedNode(major: string): string | undefined {
  const modules = join(root, 'tools/nodes', major, 'node_modules')
  if (!existsSync(modules)) return undefined
  const name = readdirSync(modules).find((folder) => folder.startsWith('node-'))
  const binary = name && join(modules, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return binary && existsSync(binary) ? binary : undefined
}

const nodes: readonly (readonly [string, string | undefined])[] = [
  [`Node ${process.versions.node}`, process.execPath],
  ...['20', '22', '26'].map((major) => [`Node ${major}`, fetchedNode(major)] as const),
]

describe('the built package', () => {
  for (const [name, binary] of nodes) {
    for (const [fetch, flags] of [
      ['its own fetch', []],
      ["the platform's fetch", ['--conditions=workerd']],
    ] as const) {
      const missing = [built ? [] : '`pnpm build`', binary ? [] : '`pnpm nodes`'].flat()
      const needs = missing.length === 0 ? '' : ` (needs ${missing.join(' and ')})`
      it.skipIf(missing.length > 0)(`runs on ${name} over ${fetch}${needs}`, () => {
        const output = execFileSync(binary ?? '', [...flags, script], { encoding: 'utf8', timeout: 20_000 })
        expect(output.trim()).toMatch(/^ok v\d+/)
      })
    }
  }
})
