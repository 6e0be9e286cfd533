import { statfs } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../dev/postgres.ts';
import { Resources } from '../../dev/resources.ts';
import { startTemporal } from '../../dev/temporal.ts';
import { bundleWorkflows } from '../../dev/worker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the superuser of the run's PostgreSQL; tests take databases of their own from it. */
    postgresAdminUrl: string;
    /** `host:port` of the run's Temporal server. */
    temporalAddress: string;
    /** File with the workflows, bundled once for all workers. */
    workflowBundle: string;
  }
}

/** One PostgreSQL and one Temporal server for the whole test run; without them it fails, and says why. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (message: string) => project.vitest.logger.log(message);
  const resources = new Resources();
  try {
    const [temporal, postgres, { bundle }] = await Promise.all([
      resources.start(startTemporal({ log }), (server) => server.stop()),
      resources.start(startPostgres({ temporaryDir: await memoryFolder() }), (server) => server.stop()),
      resources.start(bundleWorkflows(), ({ remove }) => remove()),
    ]);
    project.provide('postgresAdminUrl', postgres.adminUrl);
    project.provide('temporalAddress', temporal.address);
    project.provide('workflowBundle', bundle);
    return () => resources.end();
  } catch (error) {
    await resources.end();
    throw error;
  }
}

/** More bytes than the databases and the WAL of three test runs ever need. */
const DATABASES = 4 * 1024 ** 3;

/**
 * Linux's file system in memory, if it has room. Tests create and drop tables all the time, which takes several times as
 * much CPU time on a disk.
 */
async function memoryFolder(): Promise<string | undefined> {
  const folder = '/dev/shm';
  const found = await statfs(folder).catch(() => undefined);
  return found && found.bavail * found.bsize >= DATABASES ? folder : undefined;
}
