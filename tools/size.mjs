// How much of a browser's or a cold start's patience core costs: bundled, minified, gzipped. Counted is what an import
// loads; what is loaded on demand is told apart.
import { basename, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Bytes that an import of core may load; see docs/decisions/0009. */
export const limit = 29_000

/** Bytes of `@llmfb/core`, minified and gzipped: what an import loads, and what is loaded on demand. */
export async function coreSize() {
  const root = resolve(import.meta.dirname, '..')
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['packages/core/src/index.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    metafile: true,
    write: false,
  })
  const outputs = new Map(Object.entries(metafile.outputs))
  const bytesOf = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]))
  const loaded = new Set()
  const load = (path) => {
    if (loaded.has(path)) return
    loaded.add(path)
    for (const { path: imported, kind } of outputs.get(path).imports) if (kind === 'import-statement') load(imported)
  }
  for (const [path, { entryPoint }] of outputs) if (entryPoint === 'packages/core/src/index.ts') load(path)
  const together = (paths) => Buffer.concat(paths.map((path) => bytesOf.get(basename(path))))
  const gzipped = (paths) => gzipSync(together(paths), { level: 9 }).length
  const rest = [...outputs.keys()].filter((path) => !loaded.has(path))
  return { minified: together([...loaded]).length, gzipped: gzipped([...loaded]), onDemand: gzipped(rest) }
}

if (process.argv[1] === import.meta.filename) {
  const { minified, gzipped, onDemand } = await coreSize()
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
  console.log(`@llmfb/core: ${kB(minified)} minified, ${kB(gzipped)} gzipped (at most ${kB(limit)})`)
  console.log(`on demand, gzipped: ${kB(onDemand)}`)
  if (gzipped > limit) process.exitCode = 1
}
