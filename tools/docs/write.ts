// Writes the pages that are generated from the code.
import { writeFileSync } from 'node:fs'
import { renderPages } from './pages.ts'

for (const [path, text] of renderPages()) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), text)
  console.log(`wrote ${path}`)
}
