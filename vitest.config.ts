import { availableParallelism } from 'node:os';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/setup/slow-first.ts';

export default defineConfig({
  // Source imports `graphql` as ESM, packages under node_modules get its CommonJS build: one alias keeps a single copy.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  // Packages of this repository are their TypeScript source, which nothing has to build.
  // Without `module`: Node resolves packages without it, and bundlers' files of the AWS SDK are not for Node.
  ssr: {
    resolve: {
      conditions: ['magpie-source', ...defaultServerConditions.filter((condition) => condition !== 'module')],
    },
  },
  test: {
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    globalSetup: ['test/setup/global.ts'],
    setupFiles: ['test/setup/seed.ts', 'test/setup/real-timers.ts', 'test/setup/end-of-file.ts'],
    // Tests of what memory holds collect garbage. Embedded databases are short-lived: they are compiled once and fast, not again and well.
    execArgv: ['--expose-gc', '--liftoff-only', '--max-semi-space-size=64'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: availableParallelism(), // one more than cores took as long: twice the imports, and less of each cache
    sequence: { sequencer: SlowFirst },
    isolate: false, // a file leaves nothing behind: modules are loaded once for each worker instead of once for each file
  },
});
