import { describe, expect, it } from 'vitest'
import { play } from '../src/play.ts'
import { createWireScene } from '../src/wire/wire-scene.ts'
import { scenarios } from './scenarios/all.ts'

describe('chaos over sockets', () => {
  it.each(scenarios)('%s', async (_, scenario) => {
    expect(await play(scenario, await createWireScene())).toEqual([])
  })
})
