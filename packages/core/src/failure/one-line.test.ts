import { expect, it } from 'vitest'
import { oneLine, quotesPage } from './one-line.ts'

it('makes one line of many', () => {
  expect(oneLine('\n Slow\r\n  down,\tplease. ')).toBe('Slow down, please.')
})

it('passes on 500 characters of a page', () => {
  expect(oneLine('x'.repeat(500))).toBe('x'.repeat(500))
  expect(oneLine(' x'.repeat(500))).toBe(`${'x '.repeat(250)}…`)
})

it('tells an error that quotes a page from others', () => {
  expect(quotesPage(new Error(`500 ${'x'.repeat(997)}`))).toBe(true)
  expect(quotesPage(new Error('x'.repeat(1000)))).toBe(false)
  expect(quotesPage('x'.repeat(2000))).toBe(false)
})
