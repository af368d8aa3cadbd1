import { InvalidConfigError } from '@llmfb/core/provider'
import type { ManagedServerOptions } from './options.ts'

/** @throws InvalidConfigError that names everything that is wrong */
export function checkServerOptions({ args, command, port }: ManagedServerOptions): void {
  const issues: { path: string; problem: string }[] = []
  const add = (path: string, problem: string): void => void issues.push({ path: `llamacpp.server.${path}`, problem })
  if (command === '') add('command', 'must be the name or the path of a program')
  if (!Array.isArray(args) || args.some((arg) => typeof arg !== 'string')) {
    add('args', "must be an array of strings, such as ['-m', 'model.gguf']")
  } else {
    if (args.includes('--api-key')) {
      add('args', 'must not hold --api-key, which everyone on the machine could read: set `apiKey`')
    }
    if (args.includes('--port')) add('args', 'must not hold --port: set `server.port`')
    if (args.includes('--host'))
      add('args', 'must not hold --host: a server of the provider listens on 127.0.0.1 alone')
  }
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    add('port', 'must be a whole number from 1 to 65535')
  }
  if (issues.length > 0) throw new InvalidConfigError(issues)
}
