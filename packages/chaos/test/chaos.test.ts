import { describe, expect, it } from 'vitest'
import { play } from '../src/play.ts'
import { createVirtualScene } from '../src/virtual.ts'
import { createWireScene } from '../src/wire/wire-scene.ts'
import { outages } from './scenarios/outages.ts'

const scenarios = [...outages]

describe.each([
  ['in virtual time', createVirtualScene],
  ['over sockets', createWireScene],
] as const)('chaos %s', (_, createScene) => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    expect(await play(scenario, await createScene())).toEqual([])
  })
})
