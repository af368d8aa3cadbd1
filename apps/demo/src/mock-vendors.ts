import { LLMock } from '@copilotkit/aimock'
import type { Fixture } from '@copilotkit/aimock'

export type VendorName = 'openai' | 'anthropic' | 'ollama'

/** How a vendor's server treats every request, until it is told otherwise. */
export type Behaviour =
  | { readonly type: 'answer'; readonly text: string }
  | {
      readonly type: 'refuse'
      readonly status: number
      readonly message: string
      /** The vendor's own word for this error. */
      readonly errorType: string
      /** Sent as Retry-After, in seconds; the server sends it with a 429 only. */
      readonly retryAfterSeconds?: number
    }
  /** The connection is closed before any header. */
  | { readonly type: 'hang-up' }
  /** A stream's connection is closed after so many of its events; the first of them holds no content. */
  | { readonly type: 'cut-stream'; readonly text: string; readonly afterEvents: number }

/** One vendor's server. */
export interface Vendor {
  readonly url: string
  /** Requests since the last `forget`. */
  readonly requests: number
  play(behaviour: Behaviour): void
  forget(): void
}

export interface Vendors extends Readonly<Record<VendorName, Vendor>> {
  stop(): Promise<void>
}

// Matched from end to end: a text alone would match any question that contains it.
const anyQuestion = { userMessage: /^[\s\S]*$/ }

/** A pace at which a stream can be watched. A stream without one would be cut before its headers are out. */
const streamingProfile = { ttft: 15, tps: 60 }

function toFixture(behaviour: Behaviour): Fixture {
  switch (behaviour.type) {
    case 'answer':
      return { match: anyQuestion, response: { content: behaviour.text } }
    case 'refuse': {
      const { status, message, errorType, retryAfterSeconds } = behaviour
      const retryAfter = retryAfterSeconds === undefined ? {} : { retryAfter: retryAfterSeconds }
      return { match: anyQuestion, response: { status, error: { message, type: errorType }, ...retryAfter } }
    }
    case 'hang-up':
      return { match: anyQuestion, response: { content: '' }, chaos: { disconnectRate: 1 } }
    case 'cut-stream': {
      const { text, afterEvents } = behaviour
      return { match: anyQuestion, response: { content: text }, streamingProfile, truncateAfterChunks: afterEvents }
    }
  }
}

function toVendor(mock: LLMock): Vendor {
  return {
    url: mock.url,
    get requests() {
      return mock.getRequests().length
    },
    play(behaviour) {
      mock.clearFixtures().addFixture(toFixture(behaviour))
    },
    forget() {
      mock.clearRequests()
    },
  }
}

/** Starts a server on loopback for each vendor, on ports that are free. */
export async function startMockVendors(): Promise<Vendors> {
  const start = async (): Promise<LLMock> => {
    const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
    await mock.start()
    return mock
  }
  const [openai, anthropic, ollama] = await Promise.all([start(), start(), start()])
  return {
    openai: toVendor(openai),
    anthropic: toVendor(anthropic),
    ollama: toVendor(ollama),
    async stop() {
      await Promise.all([openai.stop(), anthropic.stop(), ollama.stop()])
    },
  }
}
