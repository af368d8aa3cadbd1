import { execFileSync } from 'node:child_process'

/** A package, and how its plugin is made. */
export interface Loading {
  readonly folder: string
  /** The package's name. */
  readonly module: string
  /** The name of the function that makes its plugin. */
  readonly plugin: string
  readonly options: Readonly<Record<string, unknown>>
}

/** Addresses of what was loaded from `node_modules`, but for llmfb's own packages. */
export interface Loaded {
  /** By the package itself, and by making its plugin. */
  readonly early: readonly string[]
  /** By making its provider. */
  readonly late: readonly string[]
}

/** Makes a plugin and its provider in a process of their own, which nothing was loaded into before. */
export function loadedBy({ folder, module, plugin, options }: Loading): Loaded {
  const script = `
    import { registerHooks } from 'node:module'
    let loaded = []
    registerHooks({
      load(url, context, next) {
        if (/\\/node_modules\\/(?!\\.pnpm\\/|@llmfb\\/)/.test(url)) loaded.push(url)
        return next(url, context)
      },
    })
    const { ${plugin}: make } = await import(${JSON.stringify(module)})
    const plugin = make(${JSON.stringify(options)})
    const early = loaded
    loaded = []
    const clock = { now: () => 0, wallTime: () => 0, schedule: () => ({ cancel() {} }) }
    const provider = await plugin.create({ id: 'under-test', credentials: {}, clock, logger: console })
    await provider.dispose?.()
    console.log(JSON.stringify({ early, late: loaded }))
  `
  // Within llmfb's own repository its packages are loaded from their sources; nobody else has that condition.
  const flags = ['--conditions=@llmfb/source', '--disable-warning=ExperimentalWarning', '--input-type=module']
  const output = execFileSync(process.execPath, [...flags, '-e', script], { cwd: folder, encoding: 'utf8' })
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Loaded
}
