import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { ChatResponse, Provider, RoutedResponse, RoutedStreamEvent, Router, StreamEvent } from '../src/index.ts'

const require = createRequire(import.meta.url)
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc')

describe('the types', () => {
  it('let a user write what the README shows, and refuse what would fail, with the strictest settings', () => {
    const compile = () => {
      try {
        execFileSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'user-program')], { encoding: 'utf8' })
        return ''
      } catch (error) {
        return (error as { readonly stdout: string }).stdout
      }
    }
    expect(compile()).toBe('')
  }, 30_000)

  it('make a router a provider, whose answers and events say more', () => {
    expectTypeOf<Router>().toExtend<Provider>()
    expectTypeOf<RoutedResponse>().toExtend<ChatResponse>()
    expectTypeOf<RoutedStreamEvent>().toExtend<StreamEvent>()
    expectTypeOf<RoutedResponse>().toHaveProperty('attempts')
  })
})
