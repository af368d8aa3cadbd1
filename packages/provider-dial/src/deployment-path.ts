/** Ids of applications have folders, and stand in DIAL's lists as they stand in addresses: what is encoded stays so. */
export function toDeploymentPath(model: string): string {
  return model
    .split('/')
    .map((segment) => encodeURIComponent(decode(segment)))
    .join('/')
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
