import { ListAsyncInvokesCommand } from '@aws-sdk/client-bedrock-runtime'
import type { CallOptions, ModelDescription, ModelsFacet } from '@llmfb/core/provider'
import { capabilitiesOf } from '@llmfb/core/provider'
import { remember } from '@llmfb/transport'
import type { Calls } from './calls.ts'
import { manifest } from './manifest.ts'
import { changeRequest } from './take-answer.ts'
import { isObject } from './wire.ts'

/** Most profiles that one page of their list has. */
const pageSize = '1000'

/**
 * The models that answer in this region: foundation models on demand, and inference profiles. They are listed by another
 * API of the service, whose SDK would be as large as this one's; the signature and the connection are the same, so that
 * a request of this SDK is sent there instead.
 */
export function createModels(calls: Calls): ModelsFacet {
  async function list(call: CallOptions): Promise<readonly ModelDescription[]> {
    const models = await ask(calls, call, '/foundation-models', 'modelSummaries')
    const ids = models.entries.filter(isOnDemand).map(({ modelId }) => modelId)
    let token: string | undefined
    do {
      const query = { maxResults: pageSize, ...(token !== undefined && { nextToken: token }) }
      const page = await ask(calls, call, '/inference-profiles', 'inferenceProfileSummaries', query)
      ids.push(...page.entries.map(({ inferenceProfileId }) => inferenceProfileId))
      token = page.nextToken
    } while (token !== undefined)
    return ids.filter((id) => typeof id === 'string').map(describe)
  }

  const listModels = remember(list)

  return {
    list: (call = {}) => listModels(call),
  }
}

/** Whether a model answers text by its own id; most newer ones do so by the id of a profile only. */
function isOnDemand({ inferenceTypesSupported: types, outputModalities: outputs }: Entry): boolean {
  return Array.isArray(types) && types.includes('ON_DEMAND') && Array.isArray(outputs) && !outputs.includes('IMAGE')
}

function describe(id: string): ModelDescription {
  const { contextWindow, maxOutputTokens } = capabilitiesOf(manifest, id)
  return {
    id,
    ...(contextWindow !== undefined && { contextWindow }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  }
}

type Entry = Readonly<Record<string, unknown>>

interface Page {
  readonly entries: readonly Entry[]
  readonly nextToken?: string
}

async function ask(
  calls: Calls,
  call: CallOptions,
  path: string,
  field: string,
  query: Readonly<Record<string, string>> = {},
): Promise<Page> {
  return await calls.run(call, undefined, async (exchange) => {
    const command = new ListAsyncInvokesCommand({})
    changeRequest(command, (request) => {
      // A private endpoint keeps its name; the region's own has one for each API.
      request.hostname = ofControlPlane(request.hostname)
      if (request.headers.host) request.headers.host = ofControlPlane(request.headers.host)
      request.path = request.path.replace(/\/async-invoke$/, path)
      request.query = { ...query }
    })
    await calls.send(exchange, command)
    const body = parse(exchange.answer?.text ?? '')
    const entries = body?.[field]
    if (!Array.isArray(entries) || !entries.every(isObject)) throw exchange.failAnswer('the answer is not a list')
    return { entries, ...(typeof body?.nextToken === 'string' && { nextToken: body.nextToken }) }
  })
}

function ofControlPlane(host: string): string {
  return host.replace(/^bedrock-runtime(?=[.-])/, 'bedrock')
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? body : undefined
  } catch {
    return undefined
  }
}
