import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createDatabase, runSql } from '../../dev/databases.ts';
import { startPostgres } from '../../dev/postgres.ts';
import type { Resources } from '../../dev/resources.ts';
import { startMariadb } from '../../test/servers/setup/mariadb.ts';
import { makeCertificates } from '../../test/support/certificates.ts';
import { SEED } from './rows.ts';

/** Starts a PostgreSQL with the table `people`; resolves to the URL of its database. */
export async function startPeople(resources: Resources, rows: number): Promise<string> {
  const { adminUrl } = await resources.start(startPostgres(), (server) => server.stop());
  const url = await createDatabase(adminUrl, 'shop');
  // the first reader must not pay for hint bits, nor the first measurement for the checkpoint of the seed
  for (const sql of [SEED.postgres(rows), 'vacuum (freeze, analyze) people', 'checkpoint'])
    await runSql(url, sql);
  return url;
}

/** Starts a MariaDB with TLS and the table `people`; resolves to the URL of its database. */
export async function startMariadbPeople(resources: Resources, rows: number): Promise<string> {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755); // MariaDB runs as another user
  const server = await resources.start(startMariadb(await makeCertificates(folder)), (started) =>
    started.stop(),
  );
  await server.admin(`
    create database shop; use shop;
    create user reader identified by 'bench'; grant select, show view on shop.* to reader;
    ${SEED.mysql(rows)}`);
  return `mysql://reader:bench@${server.host}:${server.port}/shop`;
}

/** Creates `shop.duckdb` with the table `people`, and `exports/people.parquet`; resolves to their folder. */
export async function makeDuckdbPeople(rows: number): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'exports'));
  const instance = await DuckDBInstance.create(join(folder, 'shop.duckdb'));
  const connection = await instance.connect();
  await connection.run(SEED.duckdb(rows));
  await connection.run(`copy people to '${join(folder, 'exports', 'people.parquet')}'`);
  connection.closeSync();
  instance.closeSync();
  return folder;
}

/** Also removed if the bench is interrupted. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
