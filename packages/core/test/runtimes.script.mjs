// Run by each Node that core promises to run on: the built package, no tools.
import assert from 'node:assert/strict'
import { collectStream, createRouter, isRouteFailedError } from '../dist/index.js'
import { createFakeClock, createScriptedProvider } from '../dist/testing/index.js'

const clock = createFakeClock()
const down = createScriptedProvider({ id: 'down', replies: { fail: { kind: 'overloaded', status: 503 } } })
const up = createScriptedProvider({ id: 'up', replies: { text: ['hel', 'lo'], delayMs: 100, pieceDelayMs: 10 } })
const routes = { chat: ['down/a', 'up/b'], hopeless: ['down/a'] }
const router = createRouter({ providers: [down, up], routes, clock, env: {} })
const messages = [{ role: 'user', content: 'hi' }]

const answer = await clock.run(router.chat({ model: 'chat', messages }))
assert.equal(answer.text, 'hello')
assert.deepEqual(
  answer.attempts.map(({ target, outcome }) => `${target} ${outcome}`),
  ['down/a failure', 'up/b success'],
)

const streamed = await clock.run(collectStream(router.stream({ model: 'chat', messages })))
assert.equal(streamed.text, 'hello')

const error = await clock.run(router.chat({ model: 'hopeless', messages })).catch((reason) => reason)
assert.ok(isRouteFailedError(error))
assert.equal(error.kind, 'overloaded')

const caller = new AbortController()
const aborted = router.chat({ model: 'up/b', messages }, { signal: caller.signal }).catch((reason) => reason)
caller.abort('left')
assert.equal(await aborted, 'left')

// On the machine's own clock nothing may keep the process alive after this.
const own = createRouter({ providers: [up], routes: { chat: ['up/b'] } })
assert.equal((await own.chat({ model: 'chat', messages })).text, 'hello')
console.log(`ok ${process.version}`)
