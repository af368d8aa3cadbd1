// Writes what is generated from the code: pages, and the manifests of providers as data.
import { writeFileSync } from 'node:fs'
import { renderManifests } from './manifest-files.ts'
import { renderPages } from './pages.ts'

for (const [path, text] of [...(await renderPages()), ...renderManifests()]) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), text)
  console.log(`wrote ${path}`)
}
