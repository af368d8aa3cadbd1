import type { Capabilities, ParameterName } from '../provider/capabilities.ts'
import type { ChatRequest } from '../provider/request.ts'
import { parameterNames } from '../validation/check-parameter.ts'
import type { Warn } from './warnings.ts'

/**
 * A request without the parameters that its model does not honour, each of which is warned of.
 *
 * @param service its name, for people
 */
export function honouredParameters(
  request: ChatRequest,
  capabilities: Capabilities,
  service: string,
  warn: Warn,
): Partial<ChatRequest> {
  const dropped = parameterNames.filter((name) => request[name] !== undefined && !capabilities.parameters[name])
  for (const name of dropped) {
    warn('unsupported', `${request.model} at ${service} does not take ${name}; it was left out.`, name)
  }
  return Object.fromEntries(Object.entries(request).filter(([name]) => !dropped.includes(name as ParameterName)))
}
