import { defineConfig } from 'vitest/config';

/** Folders of test/ whose tests need PostgreSQL or Temporal; each other folder is tested in the process alone. */
const NEED_SERVERS = [
  'dev',
  'warehouse',
  'state',
  'actito',
  'activities',
  'workflows',
  'client',
  'end-to-end',
];
const withServers = NEED_SERVERS.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: withServers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'servers',
          include: withServers,
          globalSetup: 'test/setup/global.ts',
          pool: 'forks',
          maxWorkers: 1, // one PostgreSQL and one Temporal for all: files in parallel would only slow each other down
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
