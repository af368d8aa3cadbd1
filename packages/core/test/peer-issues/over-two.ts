import type { RouteOptions, TargetConfig } from '../../src/index.ts'
import type { ScriptedProvider } from '../../src/testing/index.ts'
import { createWorld, scripted } from '../world.ts'
import type { Replies, World } from '../world.ts'

export interface OverTwo extends World {
  readonly a: ScriptedProvider
  readonly b: ScriptedProvider
}

/** Route `chat` over `a/m`, which answers by script, and then `b/m`, which answers `from b`; route `alone` has `a/m`. */
export function overTwo(replies: Replies, more: Partial<RouteOptions> = {}): OverTwo {
  const [a, b] = [scripted('a', replies), scripted('b', { text: ['from b'] })]
  const over = (...targets: TargetConfig[]): RouteOptions => ({ stages: [{ targets }], ...more })
  const world = createWorld({ providers: [a, b], routes: { chat: over('a/m', 'b/m'), alone: over('a/m') } })
  return { ...world, a, b }
}
