import { isLlmfbError } from '@llmfb/core/provider'
import { Buffer } from 'node:buffer'
import { ok, strictEqual } from 'node:assert/strict'
import type { Bench } from '../bench.ts'
import type { Case } from '../case.ts'
import { doesNotApply } from '../does-not-apply.ts'
import { rejectionOf } from '../expect.ts'
import { expectNotShown, urlPassword } from '../planted.ts'
import { say } from '../spoken.ts'

/** Addresses of services, as people and variables give them. */
export const addressCases: readonly Case[] = [
  {
    id: 'addresses.malformed',
    title: 'an address that is none is refused when the provider is made, and not repeated',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      for (const scheme of ['', 'ftp://', 'file:///']) {
        const baseURL = `${scheme}not an address with ${urlPassword}`
        const error = await rejectionOf(bench.connect({ baseURL }), `the address ${scheme}…`)
        ok(isInvalidAddress(error), `${scheme}…: no InvalidConfigError of baseURL: ${String(error)}`)
        expectNotShown(error, `${scheme}…`)
      }
    },
  },
  {
    id: 'addresses.credentials',
    title: 'a user and a password in the address are sent as basic authorization, or refused when the provider is made',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      const address = new URL(addressOf(bench))
      address.username = 'somebody'
      address.password = urlPassword
      bench.reply(say(bench.words))
      const provider = await bench.connect({ baseURL: address.href }).catch((error: unknown) => {
        if (!isInvalidAddress(error)) throw error
        expectNotShown(error, 'the refusal')
      })
      if (!provider) return
      const basic = `Basic ${Buffer.from(`somebody:${urlPassword}`).toString('base64')}`
      for (const { name, call } of bench.ways) {
        await call(provider, bench.ask())
        strictEqual(bench.server.requests.at(-1)?.headers['authorization'], basic, `${name}: authorization`)
      }
      expectNotShown(provider, 'the provider')
    },
  },
  {
    id: 'addresses.query',
    title: 'a query and a fragment behind the address get into no path, or are refused when the provider is made',
    async run(bench) {
      if (!bench.hasService) doesNotApply('there is no service behind it')
      bench.reply(say(bench.words))
      for (const behind of ['/', '?x=1', '#here', '/?x=1#here']) {
        const provider = await bench.connect({ baseURL: addressOf(bench) + behind }).catch((error: unknown) => {
          if (!isInvalidAddress(error)) throw error
        })
        if (!provider) continue
        for (const { name, call } of bench.ways) {
          await call(bench.provider, bench.ask())
          const expected = bench.server.requests.at(-1)?.path
          await call(provider, bench.ask())
          strictEqual(bench.server.requests.at(-1)?.path, expected, `${name}: the path, with ${behind} in the address`)
        }
      }
    },
  },
]

function addressOf({ server, words }: Bench): string {
  return server.url + (words.basePath ?? '')
}

function isInvalidAddress(error: unknown): boolean {
  if (!isLlmfbError(error) || error.code !== 'invalid-config') return false
  const { issues } = error as { readonly issues?: readonly { readonly path?: unknown }[] }
  return issues?.some(({ path }) => typeof path === 'string' && path.endsWith('baseURL')) === true
}
