import { defineConfig } from 'vitest/config';
import { requireServers } from './test/servers/setup/find-server.ts';
import { reporter } from './test/setup/log-reporter.ts';

requireServers(); // without a server nothing is skipped: the command fails, and says what is missing

/** `npm run test:servers`: what needs servers of Debian's packages, apart from `npm test`, which must work without. */
export default defineConfig({
  test: {
    name: 'servers',
    include: ['test/servers/**/*.servers.ts'],
    globalSetup: 'test/setup/global.ts',
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: [reporter()],
  },
});
