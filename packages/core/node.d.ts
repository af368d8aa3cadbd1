/**
 * The little of Node that discovery uses, which is the only room of core that uses any. Declared here rather than taken
 * from `@types/node`, which would bring all of Node's globals into the other rooms.
 */

declare module 'node:fs' {
  interface Stats {
    readonly size: number
    isFile(): boolean
    isDirectory(): boolean
  }
  export function readFileSync(path: string, encoding: 'utf8'): string
  export function realpathSync(path: string): string
  export function statSync(path: string, options: { throwIfNoEntry: false }): Stats | undefined
}

declare module 'node:path' {
  export const sep: string
  export function dirname(path: string): string
  export function join(...paths: string[]): string
  export function resolve(...paths: string[]): string
}

declare module 'node:url' {
  export function fileURLToPath(url: string | URL): string
  export function pathToFileURL(path: string): URL
}
