import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime'
import type { Opaque, ReasoningPart } from '@llmfb/core/provider'
import { vendorOf } from './model-traits.ts'

/** Who issues what is opaque, and for which model. */
export interface Issuer {
  /** Id of this provider. */
  readonly provider: string
  /** Signatures are read by the models of the same maker only, whichever region or profile they are called by. */
  readonly model: string
}

/** What makes reasoning the service's own, beside its text. */
export function signatureOpaque({ provider, model }: Issuer, signature: string): Opaque {
  return { issuer: provider, data: { type: 'reasoning', vendor: vendorOf(model), signature } }
}

/** Reasoning that the service hands out encrypted. */
export function redactedOpaque({ provider, model }: Issuer, content: Uint8Array): Opaque {
  const data = Buffer.from(content).toString('base64')
  return { issuer: provider, data: { type: 'redacted', vendor: vendorOf(model), data } }
}

/** Marks a call that the service made and answered itself. */
export function serverToolOpaque({ provider, model }: Issuer): Opaque {
  return { issuer: provider, data: { type: 'server-tool-use', vendor: vendorOf(model) } }
}

/** Whether `opaque` marks a call that the service made and answered itself. */
export function isServerTool(opaque: Opaque | undefined, { provider }: Issuer): boolean {
  return opaque?.issuer === provider && fieldOf(opaque, 'type') === 'server-tool-use'
}

/** The block that `part` came from, byte for byte, or undefined where it is not one that this model can read. */
export function toReasoningBlock(part: ReasoningPart, issuer: Issuer): ContentBlock | undefined {
  const { opaque } = part
  if (opaque?.issuer !== issuer.provider || fieldOf(opaque, 'vendor') !== vendorOf(issuer.model)) return undefined
  const signature = fieldOf(opaque, 'signature')
  const data = fieldOf(opaque, 'data')
  if (fieldOf(opaque, 'type') === 'reasoning' && typeof signature === 'string') {
    return { reasoningContent: { reasoningText: { text: part.text, signature } } }
  }
  if (fieldOf(opaque, 'type') === 'redacted' && typeof data === 'string') {
    return { reasoningContent: { redactedContent: new Uint8Array(Buffer.from(data, 'base64')) } }
  }
  return undefined
}

function fieldOf({ data }: Opaque, name: string): unknown {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
    ? (data as Readonly<Record<string, unknown>>)[name]
    : undefined
}
