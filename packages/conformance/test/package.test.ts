import type { Manifest } from '@llmfb/core/provider'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testPackage } from '@llmfb/conformance'
import { manifest as data } from './acme/manifest.ts'
import { failedTests } from './failed-tests.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'llmfb-package-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const manifest: Manifest = {
  ...data,
  credentials: [{ variable: 'ACME_API_KEY', option: 'apiKey', required: true, description: 'a key' }],
}

const code = `
  export const manifest = ${JSON.stringify(manifest)}
  export function acme({ id = manifest.id, apiKey } = {}) {
    return {
      specificationVersion: 1,
      manifest: { ...manifest, id },
      configured: apiKey === undefined ? [] : ['apiKey'],
      create: async () => import('acme-sdk'),
    }
  }
`
const declared = {
  name: 'llmfb-provider-acme',
  type: 'module',
  files: ['index.js', 'manifest.json'],
  exports: { '.': { default: './index.js' } },
  dependencies: { 'acme-sdk': '1' },
  llmfb: { provider: { specificationVersion: 1, manifest: './manifest.json', plugin: './index.js#acme' } },
}
const good = {
  code,
  declared: declared as object,
  readme: '`acme`, `manifest`; the key is in `ACME_API_KEY`',
  kept: manifest,
}

let count = 0

/** Writes a package, and gives which of its tests fail. */
async function failedOf(change: Partial<typeof good>): Promise<readonly string[]> {
  const home = join(folder, `${++count}`)
  const sdk = join(home, 'node_modules/acme-sdk')
  mkdirSync(sdk, { recursive: true })
  const given = { ...good, ...change }
  writeFileSync(join(home, 'index.js'), given.code)
  writeFileSync(join(home, 'package.json'), JSON.stringify(given.declared))
  writeFileSync(join(home, 'manifest.json'), JSON.stringify(given.kept))
  writeFileSync(join(home, 'README.md'), given.readme)
  writeFileSync(join(sdk, 'index.js'), 'export const sdk = 1')
  writeFileSync(join(sdk, 'package.json'), JSON.stringify({ name: 'acme-sdk', type: 'module', exports: './index.js' }))
  const surface = (await import(join(home, 'index.js'))) as { manifest: Manifest }
  return failedTests((run) => testPackage(run, { folder: home, surface, exports: ['acme', 'manifest'] }))
}

test('a package that keeps all of it passes', async () => {
  expect(await failedOf({})).toEqual([])
})

test.each<[string, Partial<typeof good>, RegExp]>([
  ['exports more than it is meant to', { code: `${code}\nexport const more = 1` }, /exports/],
  ['has a README without what it exports', { readme: 'ACME_API_KEY, manifest' }, /exports/],
  ['has a README without a variable', { readme: 'acme, manifest' }, /variable/],
  ['keeps another manifest', { kept: { ...manifest, name: 'Other' } }, /declares/],
  ['publishes no manifest', { declared: { ...declared, files: ['index.js'] } }, /declares/],
  [
    'declares a plugin that is elsewhere',
    { declared: { ...declared, exports: { '.': { default: './other.js' } } } },
    /declares/,
  ],
  ['forgets its id', { code: code.replace('...manifest, id', '...manifest') }, /has the id/],
  ['tells not what is configured', { code: code.replace("['apiKey']", '[]') }, /configured/],
  ['loads its SDK at once', { code: `import 'acme-sdk'\n${code}` }, /loads no SDK/],
])('one that %s fails', async (_what, change, expected) => {
  const failed = await failedOf(change)
  expect(failed).toContainEqual(expect.stringMatching(expected))
})
