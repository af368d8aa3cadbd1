import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = globSync(['*.md', '{packages,apps}/*/README.md', 'benchmarks/README.md', 'docs/**/*.md'], { cwd: root })

/** As a reader of the repository follows it: `## Retries and budgets` is `#retries-and-budgets`. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

function anchorsOf(path: string): ReadonlySet<string> {
  const text = readFileSync(path, 'utf8').replaceAll(/^```.*?^```/gms, '')
  return new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => toAnchor(heading)))
}

/** What is wrong with the links of a page that lead to other pages of the repository. */
function findBroken(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```.*?^```/gms, '')
  return [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? join(root, page) : join(root, dirname(page), path)
    if (!existsSync(target) || relative(root, target).startsWith('..')) return [`${page}: ${link} leads nowhere`]
    return anchor === undefined || anchorsOf(target).has(anchor) ? [] : [`${page}: ${link} names no heading`]
  })
}

it('every link between pages leads somewhere', () => {
  expect(pages.length).toBeGreaterThan(10)
  expect(pages.flatMap(findBroken)).toEqual([])
})
