import { describe, expect, it } from 'vitest'
import { createCandidates, createContext, orderOf } from './__fixtures__/candidates.ts'
import { checked, fromFunction } from './checked.ts'

describe('fromFunction', () => {
  it("makes a strategy of the function's name", () => {
    const backwards = fromFunction(function backwards(candidates) {
      return candidates.toReversed()
    })
    expect(backwards.name).toBe('backwards')
    expect(orderOf(backwards, createCandidates({}, {}, {}))).toBe('cba')
    expect(fromFunction((candidates) => candidates).name).toBe('custom')
  })
})

describe('checked', () => {
  const [a, b, c] = createCandidates({}, {}, {})

  it.each<[string, () => unknown]>([
    ['a copy', () => [{ ...a }]],
    ['a text', () => 'ab'],
    ['somebody who is no candidate', () => createCandidates({}, {})],
    ['a candidate twice', () => [a, a]],
    ['nothing', () => null],
  ])('takes a strategy that gives %s to throw', (_, given) => {
    const strategy = checked({ name: 'odd', order: () => given() as never })
    expect(() => orderOf(strategy, [a, b, c] as never)).toThrow(TypeError)
  })

  it('does not read an order without end to its end', () => {
    const strategy = checked({
      name: 'endless',
      *order(candidates) {
        for (;;) yield* candidates
      },
    })
    expect(() => orderOf(strategy, [a, b] as never)).toThrow('twice')
  })

  it('hands all else on', () => {
    const chosen: unknown[] = []
    const strategy = checked({
      name: 'own',
      order: (candidates) => candidates.toReversed(),
      chosen: (candidate) => void chosen.push(candidate),
      remark: ({ model }) => `is ${model}`,
    })
    expect(orderOf(strategy, [a, b] as never)).toBe('ba')
    expect(strategy.name).toBe('own')
    strategy.chosen?.(a as never, createContext())
    expect(chosen).toEqual([a])
    expect(strategy.remark?.(b as never, createContext())).toBe('is b')
  })
})
