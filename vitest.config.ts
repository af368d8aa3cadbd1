import { defineConfig } from 'vitest/config'
import { packageFolders } from './tools/workspace.mjs'

/** Tests run against sources, never against `dist`: see the `@llmfb/source` condition in every package.json. */
const source = '@llmfb/source'

export default defineConfig({
  resolve: { conditions: [source] },
  // Not 'module', which is for bundlers: what the AWS SDK has there, Node cannot import.
  ssr: { resolve: { conditions: [source, 'node', 'development|production'] } },
  test: {
    environment: 'node',
    // No test waits for time to pass; this is how long a busy machine may take to run one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'tools', root: 'tools', include: ['test/**/*.test.ts'] } },
      ...packageFolders().map((root) => ({
        extends: true as const,
        test: { name: root, root, include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
      })),
    ],
  },
})
