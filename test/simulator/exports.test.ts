import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Client } from 'basic-ftp';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readCsv } from '../../simulator/csv.ts';
import { simulatorWithExports } from './export-support.ts';
import { connect, importRows, sftp } from './support.ts';

const { simulator, pathOf, text, names, setUp, exported } = simulatorWithExports();

test('a full export holds all profiles, by the technical names of their attributes', async () => {
  setUp({ kind: 'full', columns: undefined });
  const file = await simulator().exportNow('full');
  expect(file).toEqual({ name: 'full.csv', moment: '2026-01-15T12:34:56.000Z', profiles: 3 });
  const [header, first, ...others] = text('full.csv').split('\n');
  expect(header).toBe(
    simulator()
      .attributes()
      .map(({ name }) => name)
      .join(';'),
  );
  expect(first).toBe('1;2026-01-15 12:34:56;2026-01-15 12:34:56;;;;;;a1@shop.be;;C1;;;');
  expect(others.slice(2)).toEqual(['']);
});

test('columns and their headers can be chosen', async () => {
  setUp({ kind: 'full', columns: { customerId: 'external id', profileId: 'ID' } });
  await simulator().exportNow('full');
  expect(text('full.csv')).toBe('external id;ID\nC1;1\nC2;2\nC3;3\n');
});

test('a daily export holds what was created or updated since the one before, and each change once', async () => {
  setUp();
  expect(await exported()).toEqual([]);
  await simulator().seedContacts([{ emailAddress: 'new@shop.be' }]);
  simulator().changeContact('customerId', 'C2', { emailAddress: 'b2@shop.be' });
  expect(await exported()).toEqual(['2;b2@shop.be', '4;new@shop.be']);
  expect(await exported()).toEqual([]);
  await importRows(await connect(simulator()), ['customerId', 'city'], ['C3;Namur']);
  expect(await exported()).toEqual(['3;a3@shop.be']);
});

test('a deleted or merged profile is in no daily export; only a full one shows that it is missing', async () => {
  setUp();
  setUp({ kind: 'full' });
  expect(await exported('full')).toHaveLength(3);
  simulator().changeContact('customerId', 'C1', { city: 'Namur' });
  simulator().deleteContact('customerId', 'C1');
  simulator().mergeContacts(
    { attribute: 'customerId', value: 'C2' },
    { attribute: 'customerId', value: 'C3' },
  );
  expect(await exported()).toEqual(['3;a3@shop.be']);
  expect(await exported('full')).toEqual(['3;a3@shop.be']);
});

test('a full export takes nothing from the daily one, and two daily ones each have their own changes', async () => {
  setUp();
  setUp({ name: 'other', fileName: 'other.csv' });
  setUp({ kind: 'full' });
  simulator().changeContact('customerId', 'C2', { city: 'Namur' });
  await exported('full');
  expect(await exported()).toEqual(['2;a2@shop.be']);
  expect(await exported('other')).toEqual(['2;a2@shop.be']);
});

test('names have the date of the export', async () => {
  setUp({ fileName: 'profiles_$yyyyMMdd-$HHmmss_$yyyy-$MM-$dd $cost.csv' });
  const { name } = await simulator().exportNow('daily');
  expect(name).toBe('profiles_20260115-123456_2026-01-15 $cost.csv');
  expect(names()).toEqual([name]);
});

test.each([
  ['.gz', 'profiles.csv.gz', {}],
  ['another name', 'profiles.bin', { packing: 'gzip' }],
] as const)('a file with %s can be gzip', async (_, fileName, more) => {
  setUp({ kind: 'full', fileName, ...more });
  await simulator().exportNow('full');
  const unpacked = gunzipSync(readFileSync(pathOf(fileName))).toString();
  expect(unpacked).toBe('profileId;emailAddress\n1;a1@shop.be\n2;a2@shop.be\n3;a3@shop.be\n');
});

test.each([
  ['its own name', 'all_$yyyyMMdd.zip', undefined, 'all_20260115.csv'],
  ['its own name once', 'all.csv.zip', undefined, 'all.csv'],
  ['a chosen name', 'all.zip', 'inner $HH.csv', 'inner 12.csv'],
])('a ZIP holds one file under %s', async (_, fileName, innerName, expected) => {
  setUp({ kind: 'full', fileName, innerName });
  const { name } = await simulator().exportNow('full');
  const entries = unzipSync(readFileSync(pathOf(name)));
  expect(Object.keys(entries)).toEqual([expected]);
  expect(strFromU8(entries[expected]!)).toContain('profileId;emailAddress\n1;a1@shop.be\n');
});

test('several values of an attribute are joined by commas', async () => {
  simulator().changeContact('customerId', 'C1', { sizes: '40,41' });
  setUp({ kind: 'full', columns: { sizes: 'sizes', profileId: 'profileId' } });
  expect(await exported('full')).toEqual(['40,41;1', ';2', ';3']);
});

test('whatever text a value has, reading the export returns it', async () => {
  const part = fc.constantFrom('a', ';', '"', '\n', '\r', 'é', '😀', ',');
  setUp({ kind: 'full', columns: { profileId: 'profileId', firstName: 'first;"Name"' } });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: part, minLength: 1, maxLength: 8 }), async (firstName) => {
      simulator().changeContact('customerId', 'C2', { firstName });
      await simulator().exportNow('full');
      const rows: string[][] = [];
      await readCsv(bytesOf('full.csv'), ';', (fields) => rows.push([...fields]));
      expect(rows.slice(0, 3)).toEqual([
        ['profileId', 'first;"Name"'],
        ['1', ''],
        ['2', firstName],
      ]);
    }),
    { numRuns: 50 },
  );
});

async function* bytesOf(name: string) {
  yield await Promise.resolve(readFileSync(pathOf(name)));
}

test('the file is UTF-8 without a BOM, also beyond one chunk', async () => {
  const many = Array.from({ length: 5_000 }, (_, i) => ({
    emailAddress: `b${i}@shop.be`,
    lastName: 'Éloïse',
  }));
  await simulator().seedContacts(many);
  setUp({ kind: 'full', columns: { profileId: 'profileId', lastName: 'lastName' } });
  expect(await exported('full')).toEqual(['1;', '2;', '3;', ...many.map((_, i) => `${i + 4};Éloïse`)]);
  expect(readFileSync(pathOf('full.csv'))[0]).toBe('p'.charCodeAt(0));
});

test('the export is found over SFTP and FTPS, in the folder of its choice', async () => {
  setUp({ kind: 'full', directory: '/out/profiles' });
  await simulator().exportNow('full');
  const client = await sftp(simulator());
  expect((await client.list('/out/profiles')).map(({ name }) => name)).toEqual(['full.csv']);
  const { host, port, username: user, password, ca } = simulator().ftps!;
  const ftps = new Client(20_000);
  try {
    await ftps.access({ host, port, user, password, secure: true, secureOptions: { ca } });
    expect((await ftps.list('/out/profiles')).map(({ name }) => name)).toEqual(['full.csv']);
  } finally {
    ftps.close();
  }
});
