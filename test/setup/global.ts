import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../dev/postgres.ts';
import { startTemporal } from '../../dev/temporal.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the superuser of the run's PostgreSQL; tests take databases of their own from it. */
    postgresAdminUrl: string;
    /** `host:port` of the run's Temporal server. */
    temporalAddress: string;
  }
}

/** The search attributes that a worker needs. */
const SEARCH_ATTRIBUTES = ['Activation=Keyword', 'RunPhase=Keyword', 'RunOutcome=Keyword'];

/** One PostgreSQL and one Temporal server for the whole run; a run that cannot have them fails, and says why. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (message: string) => project.vitest.logger.log(message);
  const temporal = await startTemporal({ searchAttributes: SEARCH_ATTRIBUTES, log });
  const postgres = await startPostgres().catch(async (error: unknown) => {
    await temporal.stop();
    throw error;
  });
  project.provide('postgresAdminUrl', postgres.adminUrl);
  project.provide('temporalAddress', temporal.address);
  return async () => {
    await Promise.all([postgres.stop(), temporal.stop()]);
  };
}
