import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createPool } from './create-platform-pool.ts'
import type { ExchangeTiming } from './pool.ts'

it('is the platform’s fetch, timed, until it is disposed of', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/silent') return void server.emit('asked')
    response.end('blue')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const timings: ExchangeTiming[] = []
  let now = 0
  const { fetch, dispose } = createPool({
    timing: { now: () => (now += 1), onHeaders: (timing) => timings.push(timing) },
  })
  expect(await (await fetch(`${origin}/`)).text()).toBe('blue')
  expect(timings).toEqual([{ origin, reused: undefined, connectMs: undefined, headersMs: 1 }])

  const leaving = new AbortController()
  const left = fetch(`${origin}/silent`, { signal: leaving.signal })
  const ended = fetch(`${origin}/silent`)
  await once(server, 'asked')
  leaving.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  await dispose()
  await expect(ended).rejects.toThrow(TypeError)
  await expect(fetch(`${origin}/`)).rejects.toThrow('fetch failed')
  server.closeAllConnections()
  server.close()
})
