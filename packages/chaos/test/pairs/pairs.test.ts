import type { WireAnswer } from '@llmfb/conformance'
import { type ChatRequest, collectStream, createRouter, type Message, type Router } from '@llmfb/core'
import { staticAnswers } from '@llmfb/provider-static'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resultsOf, toolNames } from './conversation.ts'
import {
  callsOf,
  expectNoSecrets,
  expectWhole,
  firstMessages,
  type Hosts,
  requestOf,
  saidBy,
  secretOf,
  startHosts,
  targetOf,
  toWire,
} from './hosts.ts'
import type { Said } from './said.ts'
import { type Service, services } from './services.ts'

let hosts: Hosts
beforeAll(async () => {
  hosts = await startHosts()
})
afterAll(() => hosts.close())

/** How answers are asked for, given, and how a service fails before it has said anything. */
interface Mode {
  readonly isStream: boolean
  readonly ask: (router: Router, request: ChatRequest) => ReturnType<Router['chat']>
  readonly say: (service: Service, said: Said) => WireAnswer
  readonly fail: (service: Service) => WireAnswer
}

const whole: Mode = {
  isStream: false,
  ask: (router, request) => router.chat(request),
  say: (service, said) => service.answer(said),
  fail: (service) => service.unavailable,
}

/** It fails where a stream has begun, and no content of it has come. */
const streamed: Mode = {
  isStream: true,
  ask: (router, request) => collectStream(router.stream(request)),
  say: (service, said) => toWire(service.stream(said)),
  fail: (service) => toWire(service.stream(saidBy(service, 'Hm.', 'Never heard.')), { before: 'Hm.' }),
}

describe.each([
  ['whole answers', whole],
  ['streams', streamed],
])('%s', (_, { isStream, ask, say, fail }) => {
  describe.each(services)('from $id', (first) => {
    it.each(services.filter((other) => other !== first))('to $id and back', async (second) => {
      const router = createRouter({
        providers: [hosts.pluginOf(first), hosts.pluginOf(second)],
        routes: { chat: { stages: [{ targets: [targetOf(first), targetOf(second)] }] } },
        experimental: ['*'],
        env: {},
      })
      const messages: Message[] = firstMessages()
      let answer: Awaited<ReturnType<Mode['ask']>> | undefined
      const turn = async (): Promise<void> => {
        answer = await ask(router, requestOf(messages))
      }
      const servers = { first: hosts.serverOf(first), second: hosts.serverOf(second) }

      servers.first.answer(say(first, callsOf(first)))
      await hosts.bodyOf(first, isStream, turn)
      expect(answer?.provider).toBe(first.id)
      const content = answer?.content ?? []
      const calls = content.filter((part) => part.type === 'tool-call')
      expect(calls.map(({ name }) => name)).toEqual(toolNames)
      if (first.callIds[0] !== '') expect(calls.map(({ id }) => id)).toEqual(first.callIds)
      messages.push({ role: 'assistant', content }, resultsOf(calls))

      servers.first.answer(fail(first))
      servers.second.answer(say(second, saidBy(second, 'Sun and noon.', 'It is sunny, and noon.')))
      let handedOver = ''
      const refused = await hosts.bodyOf(first, isStream, async () => {
        handedOver = await hosts.bodyOf(second, isStream, turn)
      })
      expect(refused).toContain('21 degrees')
      expect([answer?.provider, answer?.text]).toEqual([second.id, 'It is sunny, and noon.'])
      expect(answer?.attempts).toHaveLength(2)
      expectNoSecrets(handedOver, second)
      expectWhole(handedOver, ['21 degrees', 'It is noon'])
      messages.push({ role: 'assistant', content: answer?.content ?? [] }, { role: 'user', content: 'And tomorrow?' })

      servers.first.answer(say(first, saidBy(first, 'Clouds.', 'Clouds come.')))
      const returned = await hosts.bodyOf(first, isStream, turn)
      expect([answer?.provider, answer?.text]).toEqual([first.id, 'Clouds come.'])
      expectNoSecrets(returned, first)
      expectWhole(returned, ['21 degrees', 'It is noon', 'It is sunny, and noon.', 'And tomorrow?'])
      if (first.signs) expect(returned, 'what it signed goes back to it').toContain(secretOf(first))
      router.dispose()
    })

    it('to a canned answer and back', async () => {
      const router = createRouter({
        providers: [hosts.pluginOf(first), staticAnswers({ answers: { apology: 'We are sorry.' } })],
        routes: { chat: { stages: [{ targets: [targetOf(first), 'static/apology'] }] } },
        experimental: ['*'],
        env: {},
      })
      const server = hosts.serverOf(first)
      const messages: Message[] = firstMessages()
      server.answer(say(first, callsOf(first)))
      const { content } = await ask(router, requestOf(messages))
      messages.push({ role: 'assistant', content }, resultsOf(content.filter((part) => part.type === 'tool-call')))

      server.answer(fail(first))
      const answered = await ask(router, requestOf(messages))
      expect([answered.provider, answered.text, answered.degraded]).toEqual(['static', 'We are sorry.', true])
      messages.push({ role: 'assistant', content: answered.content }, { role: 'user', content: 'And now?' })

      server.answer(say(first, saidBy(first, 'Clouds.', 'Clouds come.')))
      const body = await hosts.bodyOf(first, isStream, async () => {
        expect((await ask(router, requestOf(messages))).text).toBe('Clouds come.')
      })
      expectWhole(body, ['21 degrees', 'We are sorry.', 'And now?'])
      router.dispose()
    })
  })
})
