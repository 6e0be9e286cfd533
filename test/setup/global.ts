import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../dev/postgres.ts';
import { startTemporal } from '../../dev/temporal.ts';
import { workflowSource } from '../../worker/workflow-source.ts';

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
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-workflows-'));
  project.provide('workflowBundle', await bundleInto(folder));
  return async () => {
    await Promise.all([postgres.stop(), temporal.stop(), rm(folder, { recursive: true })]);
  };
}

async function bundleInto(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({ ...workflowSource(), logger: new DefaultLogger('ERROR') });
  await writeFile(join(folder, 'workflows.js'), code);
  return join(folder, 'workflows.js');
}
