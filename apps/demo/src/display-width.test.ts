import { expect, test } from 'vitest'
import { displayWidth, truncate, wrap } from './display-width.ts'

test.for([
  ['', 0],
  ['plain', 5],
  ['Чому?', 5],
  ['é', 1],
  ['空は青い', 8],
  ['하늘', 4],
  ['ｗｉｄｅ', 8],
  ['👍', 2],
  ['👩‍👩‍👧', 2],
  ['✓', 1],
  ['\u{1B}[31mred\u{1B}[39m', 3],
] as const)('%s takes %i columns', ([text, columns]) => {
  expect(displayWidth(text)).toBe(columns)
})

test('what fits is left alone', () => {
  expect(truncate('空は青い', 8)).toBe('空は青い')
})

test('what does not fit is cut between characters, never within a wide one', () => {
  expect(truncate('abcdef', 4)).toBe('abc…')
  expect(truncate('空は青い', 6)).toBe('空は…')
  expect(truncate('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…')
})

test('lines break at spaces and keep their indentation', () => {
  expect(wrap('one two three', 8)).toEqual(['one two', 'three'])
  expect(wrap('  one two three', 8)).toEqual(['  one', '  two', '  three'])
  expect(wrap('first\n\nlast', 80)).toEqual(['first', '', 'last'])
})

test('a number keeps its unit, a long word stays whole', () => {
  expect(wrap('waits for 1.1 s', 12)).toEqual(['waits for', '1.1 s'])
  expect(wrap('an incomprehensibility', 5)).toEqual(['an', 'incomprehensibility'])
})
