// Files in DIAL's storage go by their paths there, such as `files/<bucket>/a.pdf`. Programs have their addresses, with which
// they can be fetched. Source: `dial_api/storage.py` of DIAL's adapters.

/** The address of a path; an address stays as it is. */
export function toUrl(path: string, host: string): string {
  return /^[a-z][a-z\d+.-]*:/i.test(path) ? path : `${host}/v1/${path.replace(/^\/+/, '')}`
}

/** The path that an address stands for, or undefined where it lies elsewhere. */
export function toPath(url: string, host: string): string | undefined {
  const storage = `${host}/v1/`
  return url.startsWith(storage) ? url.slice(storage.length) : undefined
}
