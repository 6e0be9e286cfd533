import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { spoolFile, type Spool } from '../../actito/files/spool.ts';
import { countRowsInError, readRowsInError, type RowInError } from '../../actito/imports/rows-in-error.ts';
import { startImport } from '../../actito/imports/start.ts';
import { readImport } from '../../actito/imports/status.ts';
import { Failure } from '../../contract/failure.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { until } from '../setup/until.ts';
import { clientFor, failureOf, USUAL_PARTS } from './support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pollInterval: 3_600_000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator?.stop());

const KEY = 'emailAddress';
const IMPORTS = '/mass-imports';

async function spooled(content: string): Promise<Spool> {
  async function* parts() {
    yield { bytes: Buffer.from(content), rows: 1 };
  }
  return spoolFile(parts());
}

/** Starts an import of a CSV text. @returns the id of the execution */
async function start(content: string, beforeEnd = async () => {}, client = clientFor(simulator)) {
  const file = await spooled(content);
  const columns = content.split('\n')[0]!.split(';');
  try {
    return await startImport(client, {
      entity: 'shop',
      by: { table: '16', keyAttribute: KEY, columns },
      fileName: 'vip-1-1.csv',
      file,
      beforeEnd,
      parts: USUAL_PARTS,
    });
  } finally {
    await file.close();
  }
}

const stateOf = (id: string) =>
  readImport(clientFor(simulator), { entity: 'shop', execution: id }, { statusNames: {} });
async function ended(id: string) {
  await until('the import has ended', async () => (await stateOf(id)).state !== 'running');
  return stateOf(id);
}

async function rowsInError(execution: string, api: { apiUrl: string; apiKey: string } = simulator) {
  const batches: RowInError[][] = [];
  const where = { entity: 'shop', execution, keyAttribute: KEY, rows: 20_000 };
  await readRowsInError(clientFor(api), where, async (rows) => void batches.push(rows));
  return { batches, rows: batches.flat() };
}

const seed = (...names: string[]) =>
  simulator.seedContacts(names.map((name) => ({ emailAddress: `${name}@shop.be`, city: 'before' })));
const cityOf = (name: string) => simulator.contact(KEY, `${name}@shop.be`)!.city;

test('an import updates the known contacts, and reports it', async () => {
  await seed('anna', 'bob');
  const id = await start('emailAddress;city\nanna@shop.be;"Gent; ""Süd""\nBE"\nbob@shop.be;\n');
  expect(await ended(id)).toEqual({ state: 'success', status: 'SUCCESS', known: true, words: 'SUCCESS' });
  expect([cityOf('anna'), cityOf('bob')]).toEqual(['Gent; "Süd"\nBE', null]);
  expect(simulator.imports()).toMatchObject([
    { id, tableId: '16', mode: 'UPDATE_ONLY', key: KEY, columns: [KEY, 'city'], rows: { read: 2 } },
  ]);
  expect(await countRowsInError(clientFor(simulator), 'shop', id)).toBe(0);
});

test('a file of many megabytes arrives', async () => {
  await seed('anna');
  const filler = Array.from({ length: 60_000 }, (_, no) => `nobody${no}@shop.be;${'x'.repeat(60)}\n`);
  const id = await start(`emailAddress;city\n${filler.join('')}anna@shop.be;Gent\n`);
  expect(await ended(id)).toMatchObject({ state: 'withErrors' });
  expect(cityOf('anna')).toBe('Gent');
  expect(simulator.contactCount()).toBe(1);
});

test('rows that were not applied are reported one by one: unmatched or refused', async () => {
  await seed('anna', 'bob');
  const id = await start('emailAddress;city\nanna@shop.be;Gent\n"x;y@shop.be";z\n');
  expect(await ended(id)).toMatchObject({ state: 'withErrors', status: 'WITH_ERROR' });
  expect(await countRowsInError(clientFor(simulator), 'shop', id)).toBe(1);
  expect((await rowsInError(id)).rows).toEqual([
    { key: 'x;y@shop.be', unmatched: true, code: 'PROFILE_NOT_FOUND', attributes: [] },
  ]);

  simulator.setFault('importRefusesRows', { every: 2, code: 'TOO_OLD' });
  const refused = await start('emailAddress;city\nanna@shop.be;A\nbob@shop.be;B\n');
  await ended(refused);
  expect((await rowsInError(refused)).rows).toEqual([
    { key: 'bob@shop.be', unmatched: false, code: 'TOO_OLD', attributes: [] },
  ]);
});

test('a large result file is read in batches, and every row once', async () => {
  const count = 12_345;
  const lines = Array.from({ length: count }, (_, no) => `nobody${no}@shop.be;x\n`);
  const id = await start(`emailAddress;city\n${lines.join('')}`);
  await ended(id);
  const { batches, rows } = await rowsInError(id);
  expect(batches.map((batch) => batch.length)).toEqual([5_000, 5_000, 2_345]);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(count);
  expect(rows.every(({ unmatched }) => unmatched)).toBe(true);
});

test('an error in the handler of a batch ends the reading', async () => {
  const id = await start('emailAddress;city\nnobody@shop.be;x\n');
  await ended(id);
  const where = { entity: 'shop', execution: id, keyAttribute: KEY, rows: 1 };
  const take = async () => {
    throw new Failure('stateUnreachable', {});
  };
  await expect(readRowsInError(clientFor(simulator), where, take)).rejects.toMatchObject({
    name: 'StateUnavailable',
  });
});

test('an import that Actito reports as failed has failed, with its reason', async () => {
  await seed('anna', 'bob');
  simulator.setFault('importFails', {});
  const id = await start('emailAddress;city\nanna@shop.be;A\nbob@shop.be;B\n');
  expect(await ended(id)).toMatchObject({
    state: 'failed',
    status: 'FAILED',
    words: expect.stringContaining('half') as string,
  });
});

test('an import that is still running is reported as running', async () => {
  simulator.setFault('importsStuck', {});
  const id = await start('emailAddress;city\nanna@shop.be;A\n');
  await until('the import runs', async () => (await stateOf(id)).status === 'RUNNING');
  expect(await stateOf(id)).toMatchObject({ state: 'running' });
});

test('a token that Actito has dropped during a run is renewed, and the whole file is sent again', async () => {
  await seed('anna');
  simulator.setFault('unauthorized', { times: 1, route: IMPORTS });
  const id = await start('emailAddress;city\nanna@shop.be;Gent\n');
  expect(await ended(id)).toMatchObject({ state: 'success' });
  expect([simulator.imports().length, cityOf('anna')]).toEqual([1, 'Gent']);
});

test('a run that was superseded during its upload does not complete the call, and nothing is imported', async () => {
  await seed('anna');
  const superseded = async () => {
    throw new Failure('leaseLost', {});
  };
  const failure = await failureOf(
    start(`emailAddress;city\n${'anna@shop.be;Gent\n'.repeat(50_000)}`, superseded),
  );
  expect(failure).toMatchObject({ type: 'RunSuperseded' });
  expect([simulator.imports(), cityOf('anna')]).toEqual([[], 'before']);
});

test('an import whose answer was lost may have succeeded, and the failure says so', async () => {
  await seed('anna');
  simulator.setFault('lostAnswer', { times: 1, route: IMPORTS });
  const failure = await failureOf(start('emailAddress;city\nanna@shop.be;Gent\n'));
  expect(failure).toMatchObject({ type: 'ActitoUnavailable', retryable: true, notDone: false });
  expect(simulator.imports()).toHaveLength(1);
});

test.each([
  ['tooManyRequests', 'ActitoUnavailable', true],
  ['serverError', 'ActitoUnavailable', false],
] as const)('a failed import call after %s is reported as applied or not', async (fault, type, notDone) => {
  simulator.setFault(fault, { times: 1, route: IMPORTS });
  const failure = await failureOf(start('emailAddress;city\nanna@shop.be;Gent\n'));
  expect(failure).toMatchObject({ type, retryable: true, notDone });
  expect(simulator.imports()).toEqual([]);
});

test('a file that Actito does not accept is a final failure', async () => {
  const failure = await failureOf(start('emailAddress;unknown\nanna@shop.be;Gent\n'));
  expect(failure).toMatchObject({ type: 'ActitoRefused', retryable: false, notDone: true });
});

test('an import that Actito does not know is a failure', async () => {
  expect(await failureOf(stateOf('999'))).toMatchObject({ type: 'ActitoRefused' });
});
