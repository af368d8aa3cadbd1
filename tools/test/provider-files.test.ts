import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderOf } from '../docs/evidence.ts'
import { manifests } from '../docs/pages.ts'

test.each(manifests.map(({ id }) => id))('the package of %s has the files that all have', (id) => {
  const files = ['index.ts', 'manifest.ts', 'options.ts', 'plugin.ts', `${id}-provider.ts`]
  expect(files.filter((file) => !existsSync(join(folderOf(id), 'src', file)))).toEqual([])
})
