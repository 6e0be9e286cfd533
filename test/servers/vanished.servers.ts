import ssh2 from 'ssh2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliverList } from '../../actito/delivery/deliver.ts';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import { connectFileServer, type Login } from '../../actito/delivery/connect.ts';
import { startProcess } from '../../dev/processes.ts';
import { stateFailure } from '../../state/failures.ts';
import { migrate } from '../../state/migrate.ts';
import { openState, rows } from '../../state/state.ts';
import { openPostgres } from '../../warehouse/postgres/open.ts';
import { FILE } from '../actito/delivery-stand.ts';
import { until } from '../setup/until.ts';
import { startVsftpd } from './setup/ftp-servers.ts';
import { startMachine, type Machine } from './setup/machine.ts';
import { startPostgres15, type Postgres15 } from './setup/postgres-15.ts';
import { startSshServer } from './setup/ssh-server.ts';
import { READER } from '../warehouse/reading.ts';

/* A machine without power: no more packets come from it, not even the end of a connection. */

let machine: Machine;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  machine = startMachine();
});
afterEach(async () => {
  try {
    for (const end of ends.splice(0).reverse()) await end();
  } finally {
    machine.remove();
  }
});

const PASSES = { name: 'DeliveryUnavailable', retryable: true };
const TIMEOUT = 2_000;

async function connect(login: Login): Promise<FileServer> {
  const connection = await connectFileServer({ ...login, timeout: TIMEOUT }, new AbortController().signal);
  ends.push(() => connection.close());
  return connection;
}

/** Endless bytes; the machine of the server disappears after the first megabyte. */
async function* untilItIsGone(): AsyncGenerator<Uint8Array> {
  for (let i = 0; ; i++) {
    if (i === 20) machine.vanish();
    yield Buffer.alloc(50_000, 'x');
  }
}

async function expectGivenUp(login: Login, directory: string): Promise<void> {
  const connection = await connect(login);
  const list = { directory, fileName: FILE, fence: '1', delivery: '1', checkFence: async () => undefined };
  const delivery = deliverList(connection, { ...list, content: untilItIsGone() });
  await expect(delivery).rejects.toMatchObject(PASSES);
  await expect(delivery).rejects.toThrow('the upload made no progress for 2 s');
  const again = connect(login);
  await expect(again).rejects.toMatchObject(PASSES);
  await expect(again).rejects.toThrow('the connection made no progress');
  machine.endAll();
}

test('OpenSSH on a machine that disappears is given up, during an upload and at the next login', async () => {
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  const server = await startSshServer(key.public, { machine });
  ends.push(() => server.stop());
  await expectGivenUp({ ...server.login, privateKey: key.private }, server.directory);
});

test('vsftpd on a machine that disappears is given up, during an upload and at the next login', async () => {
  const server = await startVsftpd({ machine });
  ends.push(() => server.stop());
  await expectGivenUp(server.login, server.directory);
});

/** On the machine that disappears, or on ours. */
async function startPostgres(where: 'there' | 'here'): Promise<Postgres15> {
  const access = ['host all all all trust'];
  const server =
    where === 'there'
      ? await startPostgres15({ machine, access })
      : await startPostgres15({ settings: { listen_addresses: machine.ours }, access });
  ends.push(() => server.stop());
  return server;
}

test('a warehouse on a machine that disappears is given up between two rows, and at the next connection', async () => {
  const { port } = await startPostgres('there');
  const url = `postgres://postgres@${machine.host}:${port}/postgres`;
  const timeouts = { connect: TIMEOUT, short: TIMEOUT, beyond: TIMEOUT };
  const open = () =>
    openPostgres({ url, variable: 'SHOP_URL', statementTimeout: 1_000, reader: READER }, timeouts);
  const warehouse = await open();
  const query = `select i as id, repeat('x', 1000) as padding from generate_series(1, 1000000) i`;
  const read = await warehouse.read({
    segment: { query },
    columns: ['id', 'padding'],
    signal: new AbortController().signal,
  });
  const reading = async () => {
    let batches = 0;
    for await (const batch of read.batches) if (batch.length > 0 && ++batches === 5) machine.vanish();
  };
  const gone = {
    type: 'SourceUnavailable',
    retryable: true,
    message:
      'The warehouse (SHOP_URL) cannot be reached: no answer before the timeout. Check its host and port, and the network between the worker and it.',
  };
  await expect(reading()).rejects.toMatchObject(gone);
  await warehouse.close();
  const again = async () => {
    const { signal } = new AbortController();
    await (await open()).read({ segment: { query }, columns: ['id'], signal });
  };
  await expect(again()).rejects.toMatchObject(gone);
});

test('a state on a machine that disappears is given up within a transaction, and at the next one', async () => {
  const { port } = await startPostgres('there');
  const url = `postgres://postgres@${machine.host}:${port}/postgres`;
  const state = openState({ url, watch: { every: 50, quiet: 500, timeout: 500 } });
  ends.push(() => state.destroy());
  const within = state.transaction(async (trx) => {
    await trx.raw('select 1');
    machine.vanish();
    await trx.raw('select 2');
  });
  for (const work of [within, within.catch(() => state.raw('select 3'))]) {
    const error: unknown = await work.catch((reason: unknown) => reason);
    expect(stateFailure(error)).toMatchObject({ type: 'StateUnavailable', retryable: true });
  }
});

test('the next worker gets the lock of a worker whose machine disappears, before its timeout of a minute', async () => {
  const { port, admin } = await startPostgres('here');
  const url = `postgres://postgres@${machine.ours}:${port}/postgres`;
  const state = openState({ url });
  ends.push(() => state.destroy());
  await migrate(state);
  let said = '';
  const holder = startProcess(
    [machine.run([process.execPath, '--import', 'tsx', `${import.meta.dirname}/setup/lock-holder.ts`, url])],
    {
      stopSignal: 'KILL',
      onOutput: (text) => void (said += text),
    },
  );
  ends.push(() => holder.stop());
  await until('the other worker holds the lock', async () => said.includes('locked'));
  const locked = async () =>
    (await admin.query(`select from pg_locks where relation = 'actito_sync.runs'::regclass and granted`))
      .rowCount;
  expect(await locked()).toBe(1);
  machine.vanish();
  expect(await rows(state, 'select from runs')).toEqual([]);
});
