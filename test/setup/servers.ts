import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { createDatabase, dropDatabase } from '../../dev/databases.ts';

export interface TestDatabase {
  url: string;
  /** Drops it, and ends whatever is still connected. */
  dispose(): Promise<void>;
}

/** A new, empty database on the run's PostgreSQL; `name` is only there to recognise it by. */
export async function freshDatabase(name = 'test'): Promise<TestDatabase> {
  const adminUrl = inject('postgresAdminUrl');
  const database = `${name}_${randomBytes(4).toString('hex')}`;
  const url = await createDatabase(adminUrl, database);
  return { url, dispose: () => dropDatabase(adminUrl, database) };
}

/** `host:port` of the run's Temporal server. */
export function temporalAddress(): string {
  return inject('temporalAddress');
}

/** The workflows as a worker takes them, bundled once for the whole run. */
export function workflowBundle(): { codePath: string } {
  return { codePath: inject('workflowBundle') };
}
