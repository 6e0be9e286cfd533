import { defineConfig } from 'vitest/config';
import { reporter } from './test/setup/log-reporter.ts';

/*
 * Folders of test/ whose tests need PostgreSQL or Temporal; each other folder is tested in the process alone. They make three
 * projects of about the same length, for `npm test` to run side by side, each with servers of its own.
 */
const STATE = ['test/activities/*.test.ts', ...filesOf(['state', 'actito'])];
const POSTGRES = ['postgres*', 'encodings', 'silence', 'tables', 'values'].map(
  (name) => `test/warehouse/${name}.test.ts`,
);
const CLIENT = [...filesOf(['cli', 'client', 'dev']), ...POSTGRES];
const END_TO_END = filesOf(['end-to-end', 'workflows']);

/** `npm run test:build`: the result of `npm run build`, apart from `npm test`, like what follows. */
const BUILD = filesOf(['build']);

/** `npm run test:histories`: random histories of segments, faults and runs, apart from `npm test`, because they take minutes. */
const HISTORIES = [
  'test/state/**/*histories.test.ts',
  ...filesOf(['state/histories', 'activities/histories', 'activities/invariants']),
];

/** What `npm run test:warehouses` runs. */
export const OTHER_WAREHOUSES = { include: filesOf(['warehouse']), exclude: POSTGRES };

function filesOf(folders: string[]): string[] {
  return folders.map((folder) => `test/${folder}/**/*.test.ts`);
}

/** Modules are loaded once for all files of a process: a third of the time of short tests. */
const SHARED_PROCESSES = { isolate: false, setupFiles: 'test/setup/leave-nothing.ts' };

const withServers = (name: string, include: string[], exclude: string[] = []) => ({
  test: {
    name,
    include,
    exclude,
    ...SHARED_PROCESSES,
    globalSetup: 'test/setup/global.ts',
    pool: 'forks' as const,
    maxWorkers: 1, // one PostgreSQL and one Temporal for all: files in parallel would only slow each other down
    maxConcurrency: 10, // of tests that say so: they wait for Temporal most of the time
    testTimeout: 180_000,
    hookTimeout: 120_000,
    sequence: { groupOrder: 1 },
  },
});

export default defineConfig({
  test: {
    reporters: [reporter()],
    projects: [
      {
        test: {
          name: 'unit',
          ...SHARED_PROCESSES,
          include: ['test/**/*.test.ts'],
          exclude: [STATE, CLIENT, END_TO_END, BUILD, HISTORIES, OTHER_WAREHOUSES.include].flat(),
          sequence: { groupOrder: 0 },
        },
      },
      withServers('state', STATE, HISTORIES),
      withServers('client', CLIENT),
      withServers('end-to-end', END_TO_END),
      withServers('build', BUILD),
      withServers('histories', HISTORIES),
    ],
  },
});
