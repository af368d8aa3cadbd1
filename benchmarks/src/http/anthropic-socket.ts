import type { Client } from './client.ts'
import { createSocketClient } from './socket.ts'

export function createClient(origin: string): Client {
  return createSocketClient(origin, '/v1/messages')
}
