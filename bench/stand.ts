import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { stringify } from 'yaml';
import { createDatabase } from '../dev/databases.ts';
import { startPostgres } from '../dev/postgres.ts';
import { startTemporal } from '../dev/temporal.ts';
import { startProgram } from './program.ts';

export interface BenchStand {
  warehouse: pg.Pool;
  client: Client;
  workerPid: number;
  sftp: { port: number; username: string; password: string };
  /** Lets 1 % of the members leave, 1 % enter, and 1 % change. */
  churn(round: number): Promise<void>;
  stop(): Promise<void>;
}

const SEGMENT = `select email, first_name, country, spent, orders, last_order_at from people where active`;

/** PostgreSQL, Temporal, simulator and worker as processes of their own, with a shop of so many members. */
export async function startBench(members: number): Promise<BenchStand> {
  const postgres = await startPostgres();
  const temporal = await startTemporal({ log: () => undefined });
  const shopUrl = await createDatabase(postgres.adminUrl, 'shop');
  const stateUrl = await createDatabase(postgres.adminUrl, 'actito_sync');
  const warehouse = new pg.Pool({ connectionString: shopUrl });
  await warehouse.query(seed(members));
  const simulator = await startProgram(
    'simulator/main.ts',
    ['--api-port', '0', '--sftp-port', '0', '--contacts', '0'],
    {},
    'ACTITO_SFTP_HOST_KEY',
  );
  const settings: Record<string, string> = {};
  for (const [, name, value] of simulator.output.matchAll(/(ACTITO_\w+)=['"]?([^\s'"]+)/g))
    settings[name!] = value!;
  await seedContacts(warehouse, settings.ACTITO_BASE_URL!);
  const folder = await writeProject(settings);
  const worker = await startProgram(
    'worker/main.ts',
    [],
    {
      ...settings,
      SHOP_DATABASE_URL: shopUrl,
      ACTITO_SYNC_DATABASE_URL: stateUrl,
      ACTITO_SYNC_PROJECT: folder,
      TEMPORAL_ADDRESS: temporal.address,
    },
    'worker is ready',
  );
  const client = new Client({ connection: await Connection.connect({ address: temporal.address }) });
  return {
    warehouse,
    client,
    workerPid: worker.process.pid!,
    sftp: {
      port: Number(settings.ACTITO_SFTP_PORT),
      username: settings.ACTITO_SFTP_USERNAME!,
      password: settings.ACTITO_SFTP_PASSWORD!,
    },
    churn: (round) => churn(warehouse, members, round),
    stop: async () => {
      for (const { process: child } of [worker, simulator]) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      await Promise.all([client.connection.close(), warehouse.end()]);
      await Promise.all([temporal.stop(), postgres.stop(), rm(folder, { recursive: true })]);
    },
  };
}

function seed(members: number): string {
  return `
    create table people as
    select i as id, 'customer' || i || '@example.com' as email, 'Name' || (i % 1000) as first_name,
           (array['BE','FR','NL','DE','ES'])[1 + i % 5] as country, (i % 100000) / 100.0 as spent, i % 40 as orders,
           timestamptz '2026-01-01' + i * interval '17 seconds' as last_order_at, i <= ${members} as active
    from generate_series(1, ${Math.ceil(members * 1.1)}) i;
    alter table people add primary key (id);
    vacuum analyze people;`.replace('vacuum analyze people;', 'analyze people;');
}

/** In round r: members whose id ends in the r-th hundredth leave, as many enter, and as many others change. */
async function churn(warehouse: pg.Pool, members: number, round: number): Promise<void> {
  const share = Math.floor(members / 100);
  await warehouse.query(`update people set active = false where id > $1 and id <= $2`, [
    (round - 1) * share,
    round * share,
  ]);
  await warehouse.query(`update people set active = true where id > $1 and id <= $2`, [
    members + (round - 1) * share,
    members + round * share,
  ]);
  await warehouse.query(`update people set spent = spent + 1 where id > $1 and id <= $2`, [
    members - round * share,
    members - (round - 1) * share,
  ]);
}

async function seedContacts(warehouse: pg.Pool, apiUrl: string): Promise<void> {
  const { rows } = await warehouse.query<{ n: string }>('select count(*) as n from people');
  const total = Number(rows[0]!.n);
  const batch = 50_000;
  for (let from = 1; from <= total; from += batch) {
    const contacts = Array.from({ length: Math.min(batch, total - from + 1) }, (_, i) =>
      JSON.stringify({ emailAddress: `customer${from + i}@example.com` }),
    );
    const response = await fetch(`${apiUrl}/__simulator/contacts`, {
      method: 'POST',
      body: contacts.join('\n') + '\n',
    });
    if (!response.ok) throw new Error(`Seeding contacts: ${response.status} ${await response.text()}`);
  }
}

async function writeProject(settings: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-'));
  const files = {
    'sources/shop.yaml': { driver: 'postgres', connection: { env: 'SHOP_DATABASE_URL' } },
    'destinations/actito.yaml': {
      baseUrl: settings.ACTITO_BASE_URL,
      apiKey: { env: 'ACTITO_API_KEY' },
      entity: 'shop',
      profileTable: 'Profiles',
      delivery: {
        protocol: 'sftp',
        host: '127.0.0.1',
        port: Number(settings.ACTITO_SFTP_PORT),
        username: settings.ACTITO_SFTP_USERNAME,
        directory: '/in',
        password: { env: 'ACTITO_SFTP_PASSWORD' },
        hostKey: settings.ACTITO_SFTP_HOST_KEY,
      },
    },
    'activations/bench.yaml': {
      source: 'shop',
      destination: 'actito',
      segment: { name: 'Bench', query: SEGMENT },
      matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
      attributes: [
        { column: 'first_name', attribute: 'firstName' },
        { column: 'country', attribute: 'country' },
        { column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } },
        { column: 'orders', attribute: 'orders', create: { type: 'INTEGER' } },
        { column: 'last_order_at', attribute: 'lastOrderAt', create: { type: 'TIMESTAMP' } },
      ],
    },
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), stringify(content));
  }
  return folder;
}
