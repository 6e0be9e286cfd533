import { defineConfig } from 'vitest/config';
import { reporter } from './test/setup/log-reporter.ts';
import { OTHER_WAREHOUSES } from './vitest.config.ts';

/**
 * `npm run test:warehouses`: the drivers of other warehouses than PostgreSQL, in the process or against shims of their
 * protocols, apart from `npm test`, because reading millions of rows takes minutes.
 */
export default defineConfig({
  test: {
    name: 'warehouses',
    ...OTHER_WAREHOUSES,
    globalSetup: 'test/setup/global.ts',
    pool: 'forks',
    isolate: false, // modules are loaded once for all files
    setupFiles: 'test/setup/leave-nothing.ts',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: [reporter()],
  },
});
