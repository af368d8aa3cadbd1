import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'tools/reports/readme-examples')

/** The TypeScript examples of all READMEs and guides, each with the place it stands in. */
function findExamples(): { readonly place: string; readonly code: string }[] {
  return globSync(['README.md', '{packages,apps}/*/README.md', 'docs/guides/*.md'], { cwd: root }).flatMap((path) => {
    const blocks = readFileSync(join(root, path), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)
    return [...blocks].map((block, index) => ({ place: `${path}#${index + 1}`, code: block[1] ?? '' }))
  })
}

test('every example in a README or a guide compiles', { timeout: 60_000 }, () => {
  const examples = findExamples()
  expect(examples.length).toBeGreaterThan(4)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const files = examples.map(({ place, code }) => {
    const name = `${place.replaceAll(/[^\w#-]/g, '_').replace('#', '-')}.ts`
    writeFileSync(join(folder, name), `${code}\nexport {}\n`)
    return name
  })
  const options = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      composite: false,
      isolatedDeclarations: false,
      declaration: false,
      noEmit: true,
      noUnusedLocals: false,
      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: true,
      types: ['node'],
      lib: ['es2023', 'dom', 'dom.iterable'],
      paths: {
        '@llmfb/core/discovery': ['../../../packages/core/src/discovery.ts'],
        '@llmfb/core/provider': ['../../../packages/core/src/provider.ts'],
        '@llmfb/core/store': ['../../../packages/core/src/store.ts'],
        '@llmfb/core/testing': ['../../../packages/core/src/testing/index.ts'],
        '@llmfb/*': ['../../../packages/*/src/index.ts'],
      },
    },
    files,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options, undefined, 2))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})
