import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Source imports `graphql` as ESM, packages under node_modules get its CommonJS build: one alias keeps a single copy.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/global.ts'],
    setupFiles: ['test/setup/seed.ts'],
    execArgv: ['--expose-gc'], // for tests of what memory holds
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    isolate: false, // a file leaves nothing behind: modules are loaded once for each worker instead of once for each file
  },
});
