// Deletes from `dist` what no source stands behind any more, so that a renamed file is not published twice.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const outputs = existsSync('dist') ? readdirSync('dist', { recursive: true }) : []
for (const output of outputs) {
  const stem = /^(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(output)?.[1]
  if (stem !== undefined && !existsSync(join('src', `${stem}.ts`))) rmSync(join('dist', output))
}
