// How much of a browser's or a cold start's patience core costs: bundled, minified, gzipped. Counted is what an import
// loads; what is loaded on demand is told apart.
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

/** Bytes that an import of core may load; see docs/decisions/0009. */
export const limit = 29_500

/** Bytes of `@llmfb/core`, minified and gzipped: what an import loads, and what is loaded on demand. */
export async function coreSize() {
  const bundle = await rolldown({
    cwd: resolve(import.meta.dirname, '..'),
    input: 'packages/core/src/index.ts',
    platform: 'neutral',
    transform: { target: 'es2022' },
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]))
  const loaded = new Set()
  const load = (name) => {
    if (loaded.has(name)) return
    loaded.add(name)
    chunks.get(name).imports.forEach(load)
  }
  for (const { fileName, isEntry } of output) if (isEntry) load(fileName)
  const together = (names) => names.map((name) => chunks.get(name).code).join('')
  const gzipped = (names) => gzipSync(together(names), { level: 9 }).length
  const rest = [...chunks.keys()].filter((name) => !loaded.has(name))
  return { minified: Buffer.byteLength(together([...loaded])), gzipped: gzipped([...loaded]), onDemand: gzipped(rest) }
}

if (process.argv[1] === import.meta.filename) {
  const { minified, gzipped, onDemand } = await coreSize()
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
  console.log(`@llmfb/core: ${kB(minified)} minified, ${kB(gzipped)} gzipped (at most ${kB(limit)})`)
  console.log(`on demand, gzipped: ${kB(onDemand)}`)
  if (gzipped > limit) process.exitCode = 1
}
