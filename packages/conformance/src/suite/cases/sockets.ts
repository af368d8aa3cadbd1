import { ok } from 'node:assert/strict'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { within } from '../expect.ts'
import { say } from '../spoken.ts'

/** What calls leave behind. */
export const socketCases: readonly Case[] = [
  {
    id: 'sockets.reused',
    title: 'calls one after the other, good or bad, leave no connections behind; good ones use them again',
    async run(bench) {
      const { words, provider, server } = bench
      if (!bench.hasService) doesNotApply('there is no service behind it')
      for (const { name, call } of bench.ways) {
        for (let count = 0; count < 24; count++) {
          if (count % 3 === 0) bench.reply(say(words))
          else if (count % 3 === 1) server.answer({ status: 500, body: '{"error":"no"}'.padEnd(400_000) })
          else bench.reply(say(words), (answer) => ({ ...answer, cutAt: 20, cut: 'destroy' }))
          await call(provider, bench.ask()).catch(() => {})
        }
        ok(server.openSockets <= 4, `${name}: ${server.openSockets} connections are open`)
        const settle = async (): Promise<void> => {
          while (server.answering > 0) await new Promise<void>((done) => void bench.clock.schedule(5, done))
        }
        await within(settle(), `${name}: letting go of all answers`)
        bench.reply(say(words))
        const before = server.connections
        for (let count = 0; count < 8; count++) {
          await call(provider, bench.ask())
          await within(settle(), `${name}: letting go of an answer`)
        }
        const made = server.connections - before
        ok(made <= 2, `${name}: ${made} connections were made for 8 calls one after the other`)
      }
    },
  },
]
