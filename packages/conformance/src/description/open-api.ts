import type { Schema, Schemas } from './schema.ts'
import type { Description } from './service-description.ts'

/** A description in the words of OpenAPI 3. */
export interface OpenApi {
  readonly components: { readonly schemas: Schemas }
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly post?: {
          readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
        }
      }
    >
  >
}

export function fromOpenApi({ components, paths }: OpenApi): Description {
  const bodies = Object.entries(paths).flatMap(([path, { post }]) => {
    const schema = post?.requestBody?.content['application/json']?.schema
    return schema ? [[path, schema] as const] : []
  })
  return { bodies: Object.fromEntries(bodies), schemas: components.schemas }
}
