import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { createDatabase, databaseUrl, dropDatabase, runSql } from '../../dev/databases.ts';

export interface TestDatabase {
  url: string;
  /** Drops it, and ends whatever is still connected. */
  dispose(): Promise<void>;
}

/** A new, empty database on the run's PostgreSQL; `name` only helps to recognize it. */
export async function freshDatabase(name = 'test'): Promise<TestDatabase> {
  const adminUrl = inject('postgresAdminUrl');
  const database = `${name}_${randomBytes(4).toString('hex')}`;
  const url = await createDatabase(adminUrl, database);
  return { url, dispose: () => dropDatabase(adminUrl, database) };
}

/** The same in another encoding, such as SQL_ASCII, which is none. */
export async function databaseIn(encoding: string): Promise<TestDatabase> {
  const adminUrl = inject('postgresAdminUrl');
  const name = `${encoding.toLowerCase()}_${randomBytes(4).toString('hex')}`;
  await runSql(adminUrl, `create database ${name} encoding '${encoding}' template template0 locale 'C'`);
  return { url: databaseUrl(adminUrl, name), dispose: () => dropDatabase(adminUrl, name) };
}

/** `host:port` of the run's Temporal server. */
export function temporalAddress(): string {
  return inject('temporalAddress');
}

/** A client of the run's Temporal server. */
export async function connectClient(): Promise<Client> {
  return new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
}

/** The workflows for a worker, bundled once for the whole test run. */
export function workflowBundle(): { codePath: string } {
  return { codePath: inject('workflowBundle') };
}

/** The servers of the run, for a stack. */
export function runServers() {
  return {
    postgres: { adminUrl: inject('postgresAdminUrl') },
    temporal: { address: temporalAddress() },
  };
}
