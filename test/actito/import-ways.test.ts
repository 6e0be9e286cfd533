import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NotFound } from '../../actito/api/failures.ts';
import { PACKED } from '../../actito/contract.ts';
import { pack, type Packing } from '../../actito/files/pack.ts';
import { PACKED_FROM_BYTES, spoolFile, type Spool } from '../../actito/files/spool.ts';
import { etlMissing, etlRequirements } from '../../actito/imports/etl.ts';
import { startImport, type ImportRequest } from '../../actito/imports/start.ts';
import { findImport, readImport } from '../../actito/imports/status.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { until } from '../setup/until.ts';
import { clientFor, definitionFor, failureOf, json, startScripted, USUAL_PARTS } from './support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pollInterval: 3_600_000 });
});
beforeEach(async () => {
  await simulator.reset();
  await simulator.seedContacts([{ emailAddress: 'anna@shop.be', city: 'before' }]);
});
afterAll(() => simulator?.stop());

const KEY = 'emailAddress';
const ONE_SHOT = { table: '16', keyAttribute: KEY, columns: [KEY, 'city'] };
const SMALL = 'emailAddress;city\nanna@shop.be;Gent\n';
/** Large enough to be packed; only the last line belongs to a contact. */
const LARGE = `emailAddress;city\n${'nobody@shop.be;é\n'.repeat(PACKED_FROM_BYTES / 16)}anna@shop.be;Gent\n`;

async function spooled(content: string, packing: Packing = 'none'): Promise<Spool> {
  const bytes = Buffer.from(content);
  const piece = Buffer.alloc(70_001);
  async function* parts() {
    for (let at = 0; at < bytes.length; at += piece.length) {
      yield { bytes: piece.subarray(0, bytes.copy(piece, 0, at)), rows: 1 };
      piece.fill('#'); // it is valid until the next one is read
    }
  }
  return spoolFile(parts(), { packing, name: 'vip.csv' });
}

async function start(
  content: string,
  {
    by = ONE_SHOT,
    packing = 'none',
    parts = USUAL_PARTS,
  }: { by?: ImportRequest['by']; packing?: Packing; parts?: ImportRequest['parts'] } = {},
): Promise<string> {
  const file = await spooled(content, packing);
  const fileName = `vip-1-1${PACKED[file.packing].suffix}`;
  const request = { entity: 'shop', by, fileName, file, parts, beforeEnd: async () => undefined };
  return startImport(clientFor(simulator), request).finally(() => file.close());
}

async function ended(execution: string) {
  const state = () => readImport(clientFor(simulator), { entity: 'shop', execution }, { statusNames: {} });
  await until('the import has ended', async () => (await state()).state !== 'running');
  return state();
}
const city = () => simulator.contact(KEY, 'anna@shop.be')!.city;

test('the parts of the call are named as the contract says', async () => {
  const importParts = { file: 'inputFile', definition: 'parameters', definitionFile: 'parameters.json' };
  simulator.changeLicence({ importParts });
  await expect(start(SMALL)).rejects.toMatchObject({ name: 'ActitoRefused' });
  expect(await ended(await start(SMALL, { parts: importParts }))).toMatchObject({ state: 'success' });
  simulator.createEtl({ id: '12', key: KEY, columns: { emailAddress: KEY, city: 'city' } });
  expect(await ended(await start(SMALL, { parts: importParts, by: { etl: '12' } }))).toMatchObject({
    state: 'success',
  });
});

describe('an import by an ETL', () => {
  const etl = () =>
    simulator.createEtl({
      id: '12',
      key: KEY,
      columns: { [KEY]: KEY, city: 'city', firstName: 'firstName' },
    });

  test('sends the data file and nothing else, and is followed like any other', async () => {
    etl();
    const id = await start(SMALL, { by: { etl: '12' } });
    expect(await ended(id)).toMatchObject({ state: 'success' });
    expect([city(), simulator.imports()]).toMatchObject([
      'Gent',
      [{ id, etlId: '12', fileName: 'vip-1-1.csv' }],
    ]);
    expect(simulator.undocumentedCalls()).toEqual({});
  });

  test('can be packed as well', async () => {
    etl();
    const id = await start(LARGE, { by: { etl: '12' }, packing: 'gzip' });
    expect(await ended(id)).toMatchObject({ state: 'withErrors' });
    expect([city(), simulator.imports()]).toMatchObject(['Gent', [{ packing: 'gzip' }]]);
  });

  test('that Actito does not have is rejected, and certainly did nothing', async () => {
    const failure = await failureOf(start(SMALL, { by: { etl: '12' } }));
    expect(failure).toBeInstanceOf(NotFound);
    expect(failure).toMatchObject({ notDone: true });
  });

  const definition = (contract = {}) =>
    definitionFor(
      simulator,
      {
        importMode: { etl: 12 },
        attributes: ['city', 'lastName'].map((name) => ({ column: name, attribute: name })),
      },
      {},
      contract,
    );

  test('is reported with everything that it must map, since its description is not documented', () => {
    expect(etlRequirements(definition())?.message).toBe(
      'ETL 12 must be triggered by API, import into profile table Profiles of entity shop in mode UPDATE_ONLY, match on ' +
        'emailAddress, and read UTF-8 CSV with separator ";" and a header line with the technical names emailAddress, ' +
        'city, lastName (all but the first are optional in a file). In another mode, it would create profiles or change ' +
        'nothing.',
    );
    expect(etlRequirements(definition({ etlColumns: 'all' }))?.message).not.toContain('leave out');
    expect(etlRequirements(definitionFor(simulator))).toBeUndefined();
  });

  test('that is missing is a configuration error that says where to find ETLs', () => {
    const failure = etlMissing(definition(), new NotFound({ status: 404, call: 'POST etlExecutions' }));
    expect(failure).toMatchObject({ type: 'ConfigurationInvalid', retryable: false, notDone: true });
    expect(failure.message).toContain(
      'The ETL 12 in importMode of activation vip does not exist in Actito (404 to POST',
    );
    expect(failure.message).toContain('"Imports" (Apps > Data; in older licenses "Manage imports")');
    expect(failure.message).toContain('mode UPDATE_ONLY');
    expect(failure.message).not.toContain('contract.paths');
  });
});

describe('a large file', () => {
  const unpacked: Record<Packing, (bytes: Buffer) => Uint8Array> = {
    none: (bytes) => bytes,
    gzip: (bytes) => gunzipSync(bytes),
    zip: (bytes) => unzipSync(bytes)['vip.csv']!,
  };
  async function bytesOf(file: Spool): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.read()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  test.each(['none', 'gzip', 'zip'] as const)(
    'is packed as the contract says (%s), and loses nothing',
    async (packing) => {
      const file = await spooled(LARGE, packing);
      expect(file).toMatchObject({ packing, bytes: Buffer.byteLength(LARGE) });
      const bytes = await bytesOf(file);
      expect(Buffer.from(unpacked[packing](bytes)).equals(Buffer.from(LARGE))).toBe(true);
      expect(bytes.equals(await bytesOf(file))).toBe(true); // a repeated call sends the same
      await file.close();
    },
  );

  test.each(['none', 'gzip', 'zip'] as const)('is understood by Actito (%s)', async (packing) => {
    expect(await ended(await start(LARGE, { packing }))).toMatchObject({ state: 'withErrors' });
    const { suffix } = PACKED[packing];
    expect(simulator.imports()).toMatchObject([{ packing, fileName: `vip-1-1${suffix}` }]);
    expect(city()).toBe('Gent');
  });

  test.each(['gzip', 'zip'] as const)('that is below the limit is not packed (%s)', async (packing) => {
    const below = await spooled('x'.repeat(PACKED_FROM_BYTES - 1), packing);
    const from = await spooled('x'.repeat(PACKED_FROM_BYTES), packing);
    expect([below.packing, from.packing]).toEqual(['none', packing]);
    await Promise.all([below.close(), from.close()]);
  });

  test.each(['none', 'gzip', 'zip'] as const)(
    'that breaks while it is written ends its source (%s)',
    async (packing) => {
      let closed = false;
      async function* breaking() {
        try {
          for (let part = 0; part < 20; part++) yield { bytes: Buffer.alloc(100_000, 'x'), rows: 1 };
          throw new Error('the state database broke off');
        } finally {
          closed = true;
        }
      }
      await expect(spoolFile(breaking(), { packing, name: 'vip.csv' })).rejects.toThrow('broke off');
      expect(closed).toBe(true);
    },
  );

  test.each(['none', 'gzip', 'zip'] as const)(
    'whose reader stops in the middle ends its source (%s)',
    async (packing) => {
      let closed = false;
      async function* source() {
        try {
          for (;;) yield randomBytes(70_000); // random bytes: packing does not make them smaller, so the packer fills up
        } finally {
          closed = true;
        }
      }
      for await (const chunk of pack(packing, 'vip.csv', source())) {
        expect(chunk.length).toBeGreaterThan(0);
        await setTimeout(20);
        break;
      }
      await until('the source has ended', async () => closed);
    },
  );
});

describe('an import whose answer was lost', () => {
  const find = (file: string) => findImport(clientFor(simulator), { entity: 'shop', file });
  beforeEach(() => simulator.changeLicence({ executionListing: 'byFileName' }));

  test('is found by its file name', async () => {
    const id = await start(SMALL);
    expect(await find('vip-1-1.csv')).toBe(id);
  });

  test('is not found if it never arrived', async () => {
    await start(SMALL);
    expect(await find('vip-1-2.csv')).toBeUndefined();
  });

  test('is not mistaken for another one if Actito ignores the filter and lists everything', async () => {
    const etlExecutions = [{ id: 1, dataFile: 'other.csv' }, { id: 2 }, { id: 3, dataFile: 'vip.csv' }];
    const server = await startScripted(json(200, { etlExecutions }));
    const ask = (file: string) => findImport(clientFor(server), { entity: 'shop', file });
    expect([await ask('vip.csv'), await ask('mine.csv')]).toEqual(['3', undefined]);
    await server.stop();
  });

  test('cannot be looked up if that route does not exist', async () => {
    simulator.changeLicence({ executionListing: 'none' });
    expect(await failureOf(find('vip-1-1.csv'))).toMatchObject({ type: 'ActitoRefused' });
  });
});
