// Run by each Node that the package promises to run on: the built package, no tools. `workerd` stands for platforms without undici.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { createPool, readServerSentEvents } from '../dist/index.js'

const server = createServer((request, response) => {
  request.resume()
  if (request.url === '/packed') {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('blue'))
  } else if (request.url === '/silent') {
    request.on('end', () => process.emit('asked'))
  } else {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: blue\n\ndata: sky\n\n')
  }
})
// Whatever of this lives on is the server's; only what the pool holds may keep the process alive, and it may not.
server.on('connection', (socket) => socket.unref())
server.listen(0, '127.0.0.1').unref()
await once(server, 'listening')
const origin = `http://127.0.0.1:${server.address().port}`
const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }

const pool = createPool()
const texts = []
for await (const { data } of readServerSentEvents((await pool.fetch(`${origin}/`, post)).body)) texts.push(data)
assert.deepEqual(texts, ['blue', 'sky'])
assert.equal(await (await pool.fetch(`${origin}/packed`, post)).text(), 'blue')

const caller = new AbortController()
process.once('asked', () => caller.abort('left'))
assert.equal(await pool.fetch(`${origin}/silent`, { ...post, signal: caller.signal }).catch((reason) => reason), 'left')

const ended = createPool()
process.once('asked', () => void ended.dispose())
assert.ok((await ended.fetch(`${origin}/silent`, post).catch((reason) => reason)) instanceof TypeError)
await assert.rejects(ended.fetch(`${origin}/`, post), TypeError)

await (await pool.fetch(`${origin}/`, post)).text()
const idleSince = performance.now()
process.on('exit', () => {
  assert.ok(performance.now() - idleSince < 2000, 'an idle connection kept the process alive')
  console.log(`ok ${process.version}`)
})
