import { once } from 'node:events';
import net from 'node:net';
import { onTestFinished } from 'vitest';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import type { Fault } from './shims/fault.ts';
import { READER } from './reading.ts';
import { startSqlServerShim, type SqlServerShim, type SqlServerShimOptions } from './shims/sqlserver/shim.ts';

/** The shim of the running test file, with 2,000,000 rows in the table `numbers`. */
export let shim: SqlServerShim;

export async function startShim(): Promise<void> {
  shim = await startSqlServerShim();
  await shim.execute(`
    create table numbers as select i::int as id, repeat('x', 100) as padding from range(1, 2000001) t(i);
    create table written (id int)`);
}

interface Opening {
  statementTimeout?: number;
  port?: number;
  password?: string;
  encrypt?: boolean;
  ca?: string;
  fault?: Fault;
}

/** Opens the warehouse; the shim has this fault from now on, or none. */
export function open({ fault, ...changes }: Opening = {}): Promise<Warehouse> {
  shim.setFault(fault);
  return openWarehouse(...opening(changes));
}

export function opening({
  statementTimeout = 600_000,
  port = shim.port,
  password = 'secret',
  encrypt = false,
  ca,
}: Omit<Opening, 'fault'> = {}): Parameters<typeof openWarehouse> {
  const connection = {
    host: '127.0.0.1',
    port,
    database: 'shim',
    user: 'sa',
    password: { env: 'SHOP_PASSWORD' },
    encrypt,
    ca: ca === undefined ? undefined : { env: 'SHOP_CA' },
    readOnlyIntent: false,
  };
  const source = { driver: 'sqlserver' as const, connection, statementTimeout };
  return [source, { SHOP_PASSWORD: password, SHOP_CA: ca }, READER];
}

/** A shim of its own for a test. */
export async function another(options: SqlServerShimOptions): Promise<SqlServerShim> {
  const own = await startSqlServerShim(options);
  onTestFinished(() => own.close());
  return own;
}

/** All that clients send through a proxy. */
export async function recorded(): Promise<{ port: number; bytes: () => Buffer }> {
  const received: Buffer[] = [];
  const proxy = net.createServer((client) => {
    const server = net.connect(shim.port, '127.0.0.1');
    client.on('data', (bytes: Buffer) => void received.push(bytes));
    client.on('error', () => undefined);
    client.pipe(server).pipe(client);
  });
  onTestFinished(() => void proxy.close());
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return { port: (proxy.address() as net.AddressInfo).port, bytes: () => Buffer.concat(received) };
}
