type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for an address: `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, none where `NO_PROXY`
 * lists its host (`*`, `example.com` with all below it, `.example.com`, `example.com:8443`). As in curl, the names in lower
 * case win. This machine itself is never asked for through a proxy.
 *
 * @throws TypeError for a proxy that is no `http:` or `https:` address: others, such as SOCKS, speak another language
 */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  const variable = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const proxy = read(environment, variable)
  if (proxy === undefined || isLoopback(url.hostname)) return undefined
  if (isExcepted(url, read(environment, 'no_proxy') ?? '')) return undefined
  const address = toAddress(proxy)
  if (address?.protocol === 'http:' || address?.protocol === 'https:') return address
  // What it holds may be a password.
  const cause = new Error(`${variable.toUpperCase()} holds no http:// or https:// address of a proxy`)
  throw new TypeError('fetch failed', { cause })
}

function toAddress(proxy: string): URL | undefined {
  try {
    return new URL(proxy.includes('://') ? proxy : `http://${proxy}`)
  } catch {
    return undefined
  }
}

function read(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || environment[name.toUpperCase()]?.trim() || undefined
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function isExcepted(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
    if (name === '' || (only !== undefined && only !== port)) return false
    const domain = name.replace(/^\*?\./, '')
    return url.hostname === domain || url.hostname.endsWith(`.${domain}`)
  })
}
