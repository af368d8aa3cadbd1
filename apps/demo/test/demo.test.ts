import { systemClock } from '@llmfb/core'
import { expect, test } from 'vitest'
import { runDemo } from '../src/app.ts'
import { composeMockRouter } from '../src/compose.ts'
import { displayWidth } from '../src/display-width.ts'
import { startMockVendors } from '../src/mock-vendors.ts'
import type { Vendors } from '../src/mock-vendors.ts'
import type { Scene } from '../src/scene.ts'
import { circuit } from '../src/scenes/circuit.ts'
import { healthy } from '../src/scenes/healthy.ts'
import { scenes } from '../src/scenes/index.ts'
import { nextTarget } from '../src/scenes/next-target.ts'
import { createPlainTerminal } from './terminals.ts'

interface Played {
  readonly well: boolean
  readonly text: string
}

async function play(
  played: readonly Scene[],
  startVendors: () => Promise<Vendors> = startMockVendors,
  columns = 100,
): Promise<Played> {
  const terminal = createPlainTerminal(columns)
  const { signal } = new AbortController()
  const parts = { composeRouter: composeMockRouter, clock: systemClock, signal }
  const well = await runDemo({ terminal, scenes: played, startVendors, ...parts })
  return { well, text: terminal.text() }
}

/** Vendors of whom OpenAI is down whatever it is told. */
async function startBrokenVendors(): Promise<Vendors> {
  const vendors = await startMockVendors()
  const { openai } = vendors
  openai.play({ type: 'refuse', status: 503, message: 'down', errorType: 'server_error' })
  const stubborn = {
    url: openai.url,
    get requests() {
      return openai.requests
    },
    play: () => undefined,
    forget: () => openai.forget(),
  }
  return { ...vendors, openai: stubborn }
}

test('all scenes go as they say, are told so, and fit a narrow terminal', { timeout: 20_000 }, async () => {
  const { well, text } = await play(scenes, startMockVendors, 80)
  expect(text).not.toContain('✗')
  expect(well).toBe(true)
  for (const { name } of scenes) expect(text).toContain(name)
  expect(text).toContain(`All ${scenes.length} scenes went as told`)
  expect(text).toMatch(/openai\/gpt-5 +first +failure +overloaded 503/)
  expect(text).toMatch(/openai\/gpt-5 not tried, paused: left alone for another/)
  expect(text).toMatch(/openai\/gpt-5 not tried, circuit-open: /)
  expect(text).toContain('the circuit of openai/gpt-5 closes')
  expect(text.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([])
})

test('a scene that does not go as it says is named, and the run fails', async () => {
  const { well, text } = await play([healthy(), nextTarget], startBrokenVendors)
  expect(well).toBe(false)
  expect(text).toContain('✗ the first target answered: not so')
  expect(text).toContain('1 of 2 did not go as told: A healthy call')
  expect(text).not.toContain('The same in your program')
})

test('a circuit that never closes again is noticed', { timeout: 20_000 }, async () => {
  const { well, text } = await play([circuit], startBrokenVendors)
  expect(well).toBe(false)
  expect(text).toContain('✓ three failures opened the circuit')
  expect(text).toContain('✗ one call tried it and closed the circuit: not so')
})

test('a scene that checks nothing is no success', async () => {
  const { well } = await play([{ name: 'Nothing', story: '', vendors: {}, play: () => Promise.resolve() }])
  expect(well).toBe(false)
})

test('a question of one’s own is answered by the mock, which says so', async () => {
  const { well, text } = await play([healthy('Чому небо синє?')])
  expect(well).toBe(true)
  expect(text).toContain('You asked: “Чому небо синє?”')
  expect(text).toContain('a mock server in place of OpenAI')
})

test('an abort ends it at once, with every server stopped', async () => {
  const abort = new AbortController()
  const reason = new Error('Ctrl-C')
  let stops = 0
  const startVendors = async (): Promise<Vendors> => {
    const vendors = await startMockVendors()
    return {
      ...vendors,
      async stop() {
        await vendors.stop()
        stops++
      },
    }
  }
  const patient: Scene = {
    ...nextTarget,
    circuit: { consecutiveFailures: 1, openMs: 60_000 },
    async play({ chat, untilReady }) {
      await chat()
      const waiting = untilReady('openai/gpt-5')
      abort.abort(reason)
      await waiting
    },
  }
  const parts = { composeRouter: composeMockRouter, clock: systemClock, signal: abort.signal }
  const run = runDemo({ terminal: createPlainTerminal(), scenes: [patient, healthy()], startVendors, ...parts })
  await expect(run).rejects.toBe(reason)
  expect(stops).toBe(1)
})
