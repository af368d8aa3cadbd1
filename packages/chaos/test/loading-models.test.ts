import { expect, it } from 'vitest'
import { play } from '../src/play.ts'
import { createVirtualScene } from '../src/virtual.ts'

const routes = { chat: { stages: [{ targets: ['three/m'] }], attemptMs: 2000, deadlineMs: 60_000 } }

it('a ledger names a target once for each reason, however often it is looked at', async () => {
  const problems = await play(
    {
      name: 'x',
      options: { routes },
      async play({ three, ask, wait, router }) {
        three.does({ type: 'stall' })
        const seen = await ask()
        expect(seen.exclusions.length).toBeLessThan(5)
        // A model that loads is not given up by itself.
        router.dispose()
        await wait(0)
      },
    },
    await createVirtualScene(),
  )
  expect(problems).toEqual([])
})

it('a disposed router holds no call, not even one of a model that loads', async () => {
  const scene = await createVirtualScene()
  const problems = await play(
    {
      name: 'x',
      options: { routes },
      async play({ three, ask, wait, router }) {
        three.does({ type: 'stall' })
        await ask()
        router.dispose()
        await wait(0)
        expect(three.underWay).toBe(0)
      },
    },
    scene,
  )
  expect(problems).toEqual([])
})
