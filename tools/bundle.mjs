// Joins the JavaScript of a package (the current directory) to one file an entry, with what entries share in chunks: a
// module that is imported in one piece loads several times faster than a hundred. Types stay a file each, from tsc.
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const { publishConfig } = JSON.parse(readFileSync('package.json', 'utf8'))
const outputs = Object.values(publishConfig.exports).flatMap((entry) => entry.default ?? [])

for (const file of readdirSync('dist', { recursive: true })) {
  if (file.endsWith('.js')) rmSync(join('dist', file))
}
await build({
  entryPoints: outputs.map((output) => output.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  packages: 'external',
  logLevel: 'warning',
})
