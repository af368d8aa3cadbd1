import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** The port, once nobody listens on it; one that is free, where none is given. @throws the system's error */
export async function claimPort(port: number | undefined): Promise<number> {
  const server = createServer()
  server.listen(port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port: claimed } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return claimed
}
