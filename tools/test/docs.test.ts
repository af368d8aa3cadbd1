import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { renderManifests } from '../docs/manifest-files.ts'
import { renderPages } from '../docs/pages.ts'

const pages = [...(await renderPages()), ...renderManifests()].map(([path, text]) => ({ path, text }))

test.each(pages)('$path says what the code says (`pnpm docs:write` writes it)', ({ path, text }) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text)
})
