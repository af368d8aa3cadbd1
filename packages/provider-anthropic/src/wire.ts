/** Whether `value` has fields. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether what came with a 200 reports an error, in the service's form or a gateway's. */
export function isError(body: unknown): boolean {
  return isObject(body) && (body.type === 'error' || (body.error !== undefined && body.error !== null))
}
