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

/** The pages of packages that are published: whoever reads them at a registry has no other page beside them. */
const published = globSync('packages/*/README.md', { cwd: root }).filter((page) => {
  const json = JSON.parse(readFileSync(join(root, dirname(page), 'package.json'), 'utf8')) as { private?: boolean }
  return json.private !== true
})

/** Words of a page for files, such as `docs/errors.md`, that are not there. */
function findMissing(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/`(docs\/[^`]+\.md)`/g)].flatMap(([, path = '']) =>
    existsSync(join(root, path)) ? [] : [`${page}: ${path} is not there`],
  )
}

it('pages that go out with a package lead to none outside of it', () => {
  expect(published.length).toBeGreaterThan(10)
  const outward = published.flatMap((page) => {
    const links = readFileSync(join(root, page), 'utf8').matchAll(/\]\((\.\.[^)]*)\)/g)
    return [...links].map(([, link]) => `${page}: ${link}`)
  })
  expect([...outward, ...published.flatMap(findMissing)]).toEqual([])
})

it('a provider that takes several keys says where pools come from', () => {
  const silent = published.filter((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return text.includes('createKeyPool') && !text.includes('@llmfb/core/provider')
  })
  expect(silent).toEqual([])
})

it('every link between pages leads somewhere', () => {
  expect(pages.length).toBeGreaterThan(10)
  expect(pages.flatMap(findBroken)).toEqual([])
})
