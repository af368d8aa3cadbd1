import { describe, expect, it } from 'vitest'
import { play } from '../src/play.ts'
import { createVirtualScene } from '../src/virtual.ts'
import { scenarios } from './scenarios/all.ts'

describe('chaos in virtual time', () => {
  it.each(scenarios)('%s', async (_, scenario) => {
    expect(await play(scenario, await createVirtualScene())).toEqual([])
  })
})
