// The services, in a process of their own so that their work is not counted: tells its port, and answers until it is killed.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer } from './answer.ts'
import { anthropicAnswer } from './anthropic-answer.ts'
import { bedrockAnswer } from './bedrock-answer.ts'
import { googleAnswer } from './google-answer.ts'
import { ollamaAnswer } from './ollama-answer.ts'
import { openaiAnswer } from './openai-answer.ts'

/** By where a service has its API; Chat Completions is spoken by many, each at a place of its own. */
const answers: readonly (readonly [path: RegExp, answer: Answer])[] = [
  [/\/chat\/completions$/, openaiAnswer],
  [/^\/v1\/messages$/, anthropicAnswer],
  [/^\/api\/chat$/, ollamaAnswer],
  [/\/converse(?:-stream)?$/, bedrockAnswer],
  [/:(?:generateContent|streamGenerateContent)$/, googleAnswer],
]

const requestId = { 'x-request-id': 'req_1', 'request-id': 'req_1', 'x-amzn-requestid': 'req_1' }

// As a model sends them, one by one: a reader that finds many in one read would look cheaper than it is.
const paceMs = 2

function send({ completion }: Answer, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', ...requestId })
  response.end(completion)
}

function stream({ streamType, pieces }: Answer, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': streamType, ...requestId })
  let next = 0
  const sendNext = (): void => {
    response.write(pieces[next++])
    if (next < pieces.length) setTimeout(sendNext, paceMs)
    else response.end()
  }
  sendNext()
}

const server = createServer((request, response) => {
  response.socket?.setNoDelay(true)
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text: string) => (body += text))
  request.on('end', () => {
    const [path = ''] = (request.url ?? '').split('?')
    const answer = answers.find(([pattern]) => pattern.test(path))?.[1]
    if (answer === undefined) return void response.writeHead(404).end()
    const { stream: streamed } = JSON.parse(body) as { stream?: boolean }
    if (streamed === true || /stream/i.test(path)) stream(answer, response)
    else send(answer, response)
  })
})

// As long as balancers keep them: longer than a candidate waits for its next turn.
server.keepAliveTimeout = 60_000

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
