import type { JsonValue, Opaque } from '@llmfb/core/provider'
import { isObject } from './wire.ts'

/** What the service signed of a part, as it goes back. */
export interface Signed {
  /** Absent on thoughts without one, which are marked as the service's own all the same. */
  readonly signature?: string
  /**
   * How much of a text's end was signed, in UTF-16 code units: pieces of a stream become one text, and a signed part must not
   * be joined with one that is not. Absent where all of it was, and on thoughts.
   */
  readonly length?: number
  /** It signs the file behind the text, since files have no place for it. @default 'text' */
  readonly of?: 'file'
}

export function toOpaque(issuer: string, { signature, length, of }: Signed): Opaque {
  const data: JsonValue = {
    ...(signature !== undefined && { signature }),
    ...(length !== undefined && { length }),
    ...(of !== undefined && { of }),
  }
  return { issuer, data }
}

/** What `issuer` signed, or undefined where `opaque` is not of its making. */
export function fromOpaque(opaque: Opaque | undefined, issuer: string): Signed | undefined {
  if (opaque?.issuer !== issuer || !isObject(opaque.data)) return undefined
  const { signature, length, of } = opaque.data
  return {
    ...(typeof signature === 'string' && { signature }),
    ...(typeof length === 'number' && { length }),
    ...(of === 'file' && { of }),
  }
}
