// What llama-server does as far as its callers see it: it listens at once, says that it loads its model, then answers.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  strict: false,
  options: {
    host: { type: 'string' },
    port: { type: 'string' },
    looks: { type: 'string', default: '2' },
    crash: { type: 'string' },
    'ignore-sigterm': { type: 'boolean' },
    'crash-on-chat': { type: 'boolean' },
    'print-environment': { type: 'string' },
  },
})

console.log('main: loading model')
console.error(`srv  init: pid ${process.pid}`)
if (values['print-environment']) console.log(`environment ${process.env[values['print-environment']]}`)
if (values.crash) {
  console.error('error: failed to open GGUF file')
  process.exit(Number(values.crash))
}
if (values['ignore-sigterm']) process.on('SIGTERM', () => console.log('SIGTERM ignored'))

let looks = Number(values.looks)
const json = (response, status, body) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function answer(request, response) {
  let text = ''
  for await (const piece of request) text += piece
  const path = request.url.replace(/\?.*/, '')
  const key = process.env.LLAMA_API_KEY
  if (looks > 0) {
    looks--
    return json(response, 503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } })
  }
  if (path === '/health') return json(response, 200, { status: 'ok' })
  if (key && request.headers.authorization !== `Bearer ${key}`) {
    return json(response, 401, { error: { code: 401, message: 'Invalid API Key', type: 'authentication_error' } })
  }
  if (path === '/props') {
    return json(response, 200, { default_generation_settings: { n_ctx: 4096 }, modalities: { vision: false } })
  }
  if (path !== '/v1/chat/completions') {
    return json(response, 404, { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } })
  }
  const body = JSON.parse(text)
  console.log(`prompt: ${body.messages.at(-1).content}`)
  if (values['crash-on-chat']) process.exit(3)
  const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }
  if (!body.stream) {
    const message = { role: 'assistant', content: `Hello from ${process.pid}` }
    return json(response, 200, { model: body.model, choices: [{ index: 0, message, finish_reason: 'stop' }], usage })
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (choices, rest) => response.write(`data: ${JSON.stringify({ model: body.model, choices, ...rest })}\n\n`)
  send([{ index: 0, delta: { role: 'assistant', content: null }, finish_reason: null }])
  send([{ index: 0, delta: { content: `Hello from ${process.pid}` }, finish_reason: null }])
  send([{ index: 0, delta: {}, finish_reason: 'stop' }])
  send([], { usage })
  response.end('data: [DONE]\n\n')
}

createServer((request, response) => void answer(request, response)).listen(Number(values.port), values.host)
