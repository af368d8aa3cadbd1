// How much of a browser's or a cold start's patience core costs: bundled, minified, gzipped.
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Bytes, DESIGN.md section 7. */
export const limit = 20_000

/** Bytes of `@llmfb/core` as one bundled, minified and gzipped module. */
export async function coreSize() {
  const root = resolve(import.meta.dirname, '..')
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['packages/core/src/index.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    write: false,
  })
  return { minified: outputFiles[0].contents.length, gzipped: gzipSync(outputFiles[0].contents, { level: 9 }).length }
}

if (process.argv[1] === import.meta.filename) {
  const { minified, gzipped } = await coreSize()
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
  console.log(`@llmfb/core: ${kB(minified)} minified, ${kB(gzipped)} gzipped (at most ${kB(limit)})`)
  if (gzipped > limit) process.exitCode = 1
}
