import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime'
import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'

type HashConstructor = NonNullable<BedrockRuntimeClientConfig['sha256']>
type Data = string | ArrayBuffer | ArrayBufferView

/**
 * SHA-256 for the SDK's signatures. It keeps the key objects of the secrets that it signed with last: to make one takes five
 * times as long as to sign with it, and the SDK's own makes two for every call.
 */
export function createSha256(): HashConstructor {
  const keys = new WeakMap<object, KeyObject>()
  let last: { readonly secret: string; readonly key: KeyObject } | undefined

  function keyOf(secret: Data): KeyObject {
    if (typeof secret === 'string') {
      if (last?.secret !== secret) last = { secret, key: createSecretKey(secret, 'utf8') }
      return last.key
    }
    const key = keys.get(secret) ?? createSecretKey(toBytes(secret))
    keys.set(secret, key)
    return key
  }

  return class Sha256 {
    readonly #secret: Data | undefined
    readonly #pieces: (string | Uint8Array)[] = []

    constructor(secret?: Data) {
      this.#secret = secret
    }

    update(data: Data): void {
      this.#pieces.push(typeof data === 'string' ? data : toBytes(data))
    }

    async digest(): Promise<Uint8Array> {
      const hash = this.#secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(this.#secret))
      for (const piece of this.#pieces) hash.update(piece)
      return new Uint8Array(hash.digest())
    }
  }
}

function toBytes(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
