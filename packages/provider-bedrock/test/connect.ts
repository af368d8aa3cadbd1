import {
  type Clock,
  isProviderError,
  type Logger,
  type Provider,
  type ProviderError,
  type StreamEvent,
} from '@llmfb/core/provider'
import { bedrock, type BedrockOptions } from '../src/index.ts'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** Has the shape of no vendor's key, so that only a redactor that was told of it takes it out. */
export const testKey = 'the-key-of-these-tests'

/** Where these tests are in time: 2026-11-21T00:00:00Z. */
const testWallTime = 1_795_219_200_000

/** The provider as a registry makes it, with its service at `baseURL`. */
export async function connect(
  baseURL: string | undefined,
  options: BedrockOptions = { apiKey: testKey },
  credentials: Readonly<Record<string, string>> = { AWS_REGION: 'us-east-1' },
  schedule: Clock['schedule'] = () => ({ cancel() {} }),
): Promise<Provider> {
  const plugin = bedrock({ ...(baseURL !== undefined && { baseURL }), ...options })
  const clock = { now: () => 0, wallTime: () => testWallTime, schedule }
  return await plugin.create({ id: plugin.manifest.id, credentials, clock, logger: silent })
}

export async function collect(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const collected: StreamEvent[] = []
  for await (const event of events) collected.push(event)
  return collected
}

/** What `call` fails with. */
export async function failureOf(call: Promise<unknown>): Promise<ProviderError> {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  )
  if (!isProviderError(error)) throw new Error('not a ProviderError', { cause: error })
  return error
}
