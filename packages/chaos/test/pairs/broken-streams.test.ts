import { collectStream, createRouter, type Message, type Router, type StreamEvent } from '@llmfb/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resultsOf } from './conversation.ts'
import {
  callsOf,
  expectNoSecrets,
  expectWhole,
  firstMessages,
  type Hosts,
  requestOf,
  saidBy,
  startHosts,
  targetOf,
  toWire,
} from './hosts.ts'
import { type Service, services } from './services.ts'

let hosts: Hosts
beforeAll(async () => {
  hosts = await startHosts()
})
afterAll(() => hosts.close())

const begun = 'It is sunny, '
const answer = 'It is sunny, and noon.'

function routerOf(afterCommit: 'continue' | 'restart', first: Service, second: Service): Router {
  return createRouter({
    providers: [hosts.pluginOf(first), hosts.pluginOf(second)],
    routes: { chat: { stages: [{ targets: [targetOf(first), targetOf(second)] }], afterCommit } },
    experimental: ['*'],
    env: {},
  })
}

/** A conversation in which the first service has called tools, and reads what they answered. */
async function calledBy(first: Service, router: Router): Promise<Message[]> {
  const messages = firstMessages()
  hosts.serverOf(first).answer(toWire(first.stream(callsOf(first))))
  const { content } = await collectStream(router.stream(requestOf(messages)))
  return [...messages, { role: 'assistant', content }, resultsOf(content.filter((part) => part.type === 'tool-call'))]
}

describe.each(services)('from $id, which breaks off', (first) => {
  const others = services.filter((other) => other !== first)

  it.each(others)('anew to $id', async (second) => {
    const router = routerOf('restart', first, second)
    const messages = await calledBy(first, router)
    hosts.serverOf(first).answer(toWire(first.stream(saidBy(first, 'Sun and noon.', answer)), { behind: begun }))
    hosts.serverOf(second).answer(toWire(second.stream(saidBy(second, 'Noon and sun.', answer))))
    const events: StreamEvent[] = []
    let body = ''
    await hosts.bodyOf(first, true, async () => {
      body = await hosts.bodyOf(second, true, async () => {
        for await (const event of router.stream(requestOf(messages))) events.push(event)
      })
    })
    const reset = events.findIndex(({ type }) => type === 'reset')
    const [before, behind] = [events.slice(0, reset), events.slice(reset + 1)].map((part) => {
      return part.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
    })
    expect([before, behind]).toEqual([begun, answer])
    expect(events.at(-1)).toMatchObject({ type: 'finish', provider: second.id })
    expectNoSecrets(body, second)
    expectWhole(body, ['21 degrees', 'It is noon'])
    expect(body, 'what is void').not.toContain(begun)
    router.dispose()
  })

  it.each(others.filter(({ goesOn }) => goesOn))('on to $id, which goes on', async (second) => {
    const router = routerOf('continue', first, second)
    const messages = await calledBy(first, router)
    // Nobody else could go on with what is signed.
    hosts.serverOf(first).answer(toWire(first.stream(saidBy(first, '', answer)), { behind: begun }))
    hosts.serverOf(second).answer(toWire(second.stream(saidBy(second, '', 'and noon.'))))
    let body = ''
    await hosts.bodyOf(first, true, async () => {
      body = await hosts.bodyOf(second, true, async () => {
        const { provider, text, warnings } = await collectStream(router.stream(requestOf(messages)))
        expect([provider, text]).toEqual([second.id, answer])
        expect(warnings).toContainEqual(expect.objectContaining({ parameter: 'reasoning' }))
      })
    })
    expectNoSecrets(body, second)
    expectWhole(body, ['21 degrees', 'It is noon', begun.trim()])
    router.dispose()
  })

  it.each(others.filter(({ goesOn }) => !goesOn))('not on to $id, which does not go on', async (second) => {
    const router = routerOf('continue', first, second)
    const messages = await calledBy(first, router)
    hosts.serverOf(first).answer(toWire(first.stream(saidBy(first, '', answer)), { behind: begun }))
    const before = hosts.serverOf(second).requests.length
    await expect(collectStream(router.stream(requestOf(messages)))).rejects.toMatchObject({
      code: 'stream-interrupted',
      delivered: { text: begun },
    })
    expect(hosts.serverOf(second).requests.length, `${second.id} was asked`).toBe(before)
    router.dispose()
  })
})
