import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { renderPages } from '../docs/pages.ts'

const pages = [...renderPages()].map(([path, text]) => ({ path, text }))

test.each(pages)('$path says what the code says (`pnpm docs:write` writes it)', ({ path, text }) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text)
})
