// Joins the JavaScript of a package (the current directory) to one file an entry, one for what entries share, and one
// for each part that is loaded on demand: a module that is imported in one piece loads several times faster than a
// hundred. Types stay a file each, from tsc.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { rolldown } from 'rolldown'

const { publishConfig } = JSON.parse(readFileSync('package.json', 'utf8'))

/** Every JavaScript file that is named by the exports of a package or, under conditions, by its own imports. */
function scriptsOf(entry) {
  if (typeof entry === 'string') return entry.endsWith('.js') ? [entry.replace(/^\.\/dist\/|\.js$/g, '')] : []
  return Object.values(entry).flatMap(scriptsOf)
}

const names = new Set(scriptsOf([publishConfig.exports, publishConfig.imports ?? {}]))

/** What the first entry loads at once is shared by all; what only others share stays with what is loaded on demand. */
function nameShared(id, graph) {
  const [first] = names
  const reached = new Set()
  const reach = (from) => {
    if (reached.has(from)) return
    reached.add(from)
    graph.getModuleInfo(from)?.importedIds.forEach(reach)
  }
  reach(resolve(`src/${first}.ts`))
  return reached.has(id) ? 'shared' : null
}

/** @param signatures whether parts that are loaded on demand may take from an entry what it does not export itself */
async function bundle(signatures) {
  const bundled = await rolldown({
    input: Object.fromEntries([...names].map((name) => [name, `src/${name}.ts`])),
    // Other packages, and own imports, whose file depends on where they run (`#create-pool`).
    external: (id) => !/^[./]/.test(id),
    platform: 'neutral',
    transform: { target: 'es2022' },
    preserveEntrySignatures: signatures,
  })
  const { output } = await bundled.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    comments: { jsdoc: false },
    ...(names.size > 1 && { codeSplitting: { groups: [{ name: nameShared, debugName: 'shared', minShareCount: 2 }] } }),
  })
  await bundled.close()
  return output
}

function surfaceOf(output) {
  return JSON.stringify(
    output.filter(({ isEntry }) => isEntry).map(({ fileName, exports }) => [fileName, exports.toSorted()]),
  )
}

// To take from an entry saves a file, where that leaves what the package exports as it is.
const [narrow, wide] = await Promise.all([bundle('strict'), bundle('allow-extension')])
const output = surfaceOf(wide) === surfaceOf(narrow) ? wide : narrow

for (const file of readdirSync('dist', { recursive: true })) {
  if (file.endsWith('.js')) rmSync(join('dist', file))
}
for (const { fileName, code } of output) {
  const path = join('dist', fileName)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, code)
}
