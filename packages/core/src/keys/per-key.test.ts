import { expect, it } from 'vitest'
import { perKey } from './per-key.ts'

it('makes one for each key, and one for none', () => {
  const of = perKey((key: string | undefined) => ({ key }))
  expect(of('a')).toBe(of('a'))
  expect(of('b')).not.toBe(of('a'))
  expect(of(undefined)).toBe(of(undefined))
  expect([of('a'), of('b'), of(undefined)]).toEqual([{ key: 'a' }, { key: 'b' }, { key: undefined }])
})

it('keeps sixteen, of which the first goes first', () => {
  const made: string[] = []
  const of = perKey((key: string) => made.push(key))
  for (let key = 0; key < 17; key++) of(`${key}`)
  of('1')
  expect(made).toHaveLength(17)
  of('0')
  expect(made).toHaveLength(18)
})
