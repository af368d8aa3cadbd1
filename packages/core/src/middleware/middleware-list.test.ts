import { describe, expect, it } from 'vitest'
import { middlewareList } from './middleware-list.ts'

function issuesOf(value: unknown): readonly (readonly [string, string])[] {
  const issues: [string, string][] = []
  middlewareList(value, 'options.middleware', (path, problem) => issues.push([path, problem]))
  return issues
}

const chat = (): undefined => undefined

/** With state and methods on its prototype, as users write them. */
class Cache {
  readonly name = 'cache'
  readonly entries = new Map()
  chat(): undefined {
    return undefined
  }
}

describe('middlewareList', () => {
  it.each([
    ['none', []],
    [
      'either member, or both',
      [
        { name: 'a', chat },
        { name: 'b', stream: chat },
        { name: 'c', chat, stream: chat },
      ],
    ],
    ['instances of classes, with members of their own', [new Cache()]],
    ['members that are not set', [{ name: 'a', chat, stream: undefined }]],
  ])('takes %s', (_, value) => {
    expect(issuesOf(value)).toEqual([])
  })

  it.each<[string, unknown, readonly (readonly [string, string])[]]>([
    ['what is no list', { name: 'a', chat }, [['', 'must be an array of middlewares, not an object']]],
    [
      'what is no middleware',
      [chat, null],
      [
        ['[0]', 'must be an object, not a function'],
        ['[1]', 'must be an object, not null'],
      ],
    ],
    [
      'names that are empty or missing',
      [{ name: '', chat }, { chat }],
      [
        ['[0].name', 'must be a text that is not empty, not a string'],
        ['[1].name', 'must be a text that is not empty, not nothing'],
      ],
    ],
    [
      'names that are there twice',
      [
        { name: 'a', chat },
        { name: 'b', chat },
        { name: 'a', chat },
      ],
      [['[2].name', "'a' is there twice"]],
    ],
    [
      'members that cannot be called',
      [{ name: 'a', chat: true, stream: {} }],
      [
        ['[0].chat', 'must be a function, not a boolean'],
        ['[0].stream', 'must be a function, not an object'],
      ],
    ],
    [
      'one that wraps nothing',
      [{ name: 'a', chats: chat }],
      [['[0]', 'must have chat, stream or both, or it does nothing']],
    ],
  ])('reports %s', (_, value, issues) => {
    expect(issuesOf(value)).toEqual(issues.map(([path, problem]) => [`options.middleware${path}`, problem]))
  })
})
