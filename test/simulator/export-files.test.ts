import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../simulator/start.ts';
import { IDS, simulatorWithExports } from './export-support.ts';
import { controlOf, until } from './support.ts';

const { simulator, pathOf, text, names, setUp, exported } = simulatorWithExports();
const control = controlOf(simulator);
const [HOUR, DAY] = [3_600_000, 86_400_000];

test('the clock writes the daily export each time it passes the hour, dated by that moment', async () => {
  setUp({ fileName: 'd_$yyyyMMddHHmm.csv', hour: 4 });
  simulator().changeContact('customerId', 'C2', { city: 'Namur' });
  simulator().advanceClock(15 * HOUR);
  await simulator().dueExports();
  expect(names()).toEqual([]);
  simulator().advanceClock(HOUR);
  await simulator().dueExports();
  expect(names()).toEqual(['d_202601160400.csv']);
  expect(text('d_202601160400.csv')).toBe('profileId;emailAddress\n2;a2@shop.be\n');
  simulator().advanceClock(2 * DAY);
  await simulator().dueExports();
  expect(names()).toEqual(['d_202601160400.csv', 'd_202601170400.csv', 'd_202601180400.csv']);
  expect(text('d_202601180400.csv')).toBe('profileId;emailAddress\n');
});

test('the clock writes full exports only if they have an hour', async () => {
  setUp({ kind: 'full' });
  setUp({ kind: 'full', name: 'nightly', fileName: 'nightly_$dd.csv', hour: 13 });
  setUp({ hour: null });
  simulator().advanceClock(DAY);
  await simulator().dueExports();
  expect(names()).toEqual(['nightly_15.csv']);
});

test('a clock that runs by itself writes the export as well', async () => {
  let now = Date.UTC(2026, 0, 15, 12);
  const running = await startSimulator({
    pollInterval: 5,
    clock: () => now,
    exports: [{ name: 'all', kind: 'full', fileName: 'all.csv', hour: 13 }],
  });
  try {
    now += HOUR;
    await until(() => existsSync(join(running.sftp.root, 'exports/all.csv')));
    expect(running.exports()).toMatchObject([{ name: 'all', files: [{ name: 'all.csv', profiles: 0 }] }]);
  } finally {
    await running.stop();
  }
});

test('an attribute that was deleted since is reported, and what changed is exported the next time', async () => {
  setUp({ columns: { profileId: 'profileId', city: 'city' } });
  simulator().changeContact('customerId', 'C2', { firstName: 'Anna' });
  simulator().deleteAttribute('city');
  await expect(simulator().exportNow('daily')).rejects.toThrow('no attribute "city"');
  expect(names()).toEqual([]);
  expect(simulator().exports()[0]!.files).toMatchObject([
    { errorMessage: 'The table has no attribute "city".' },
  ]);
  simulator().createAttribute({ name: 'city' });
  expect(await exported()).toEqual(['2;']);
});

test('a file shows its name only when it is complete', async () => {
  setUp({ kind: 'full' });
  await simulator().seedContacts(
    Array.from({ length: 2_000 }, (_, i) => ({ emailAddress: `b${i}@shop.be` })),
  );
  const seen = new Set<string>();
  const written = simulator().exportNow('full');
  let isOver = false;
  const end = () => void (isOver = true);
  written.then(end, end);
  onTestFinished(end); // also when the test has timed out
  while (!isOver) {
    for (const name of names()) {
      seen.add(name);
      if (name === 'full.csv') expect(text(name).split('\n')).toHaveLength(2_005);
    }
    await new Promise(setImmediate);
  }
  await written;
  expect([...seen]).toContain('full.csv.tmp');
  expect(names()).toEqual(['full.csv']);
});

test('a fault writes under the final name, half of the file first, and the rest when it is switched off', async () => {
  setUp({ kind: 'full', fileName: 'full.csv.gz' });
  simulator().setFault('exportInPlace', {});
  const written = simulator().exportNow('full');
  await until(() => names().length > 0 && readFileSync(pathOf('full.csv.gz')).length > 0);
  expect(names()).toEqual(['full.csv.gz']);
  const half = readFileSync(pathOf('full.csv.gz'));
  expect(() => gunzipSync(half)).toThrow('unexpected end of file');
  simulator().setFault('exportInPlace', null);
  await written;
  const whole = readFileSync(pathOf('full.csv.gz'));
  expect(whole.subarray(0, half.length)).toEqual(half);
  expect(gunzipSync(whole).toString()).toContain('3;a3@shop.be\n');
});

test('the fault can stop a file after any number of bytes, and for some time only', async () => {
  setUp({ kind: 'full' });
  simulator().setFault('exportInPlace', { afterBytes: 0, times: 1 });
  const written = simulator().exportNow('full');
  await until(() => names().length > 0);
  expect(text('full.csv')).toBe('');
  simulator().setFault('exportInPlace', null);
  await written;
  simulator().setFault('exportInPlace', { afterBytes: 1_000_000, milliseconds: 1 });
  await simulator().exportNow('full');
  expect(text('full.csv')).toContain('3;a3@shop.be\n');
  expect(simulator().faults()).toMatchObject({ exportInPlace: { struck: 1 } });
});

test.each([
  ['a name that is taken', { name: 'daily' }, 'exists already'],
  ['a name of a path', { fileName: 'a/b.csv' }, 'plain file name'],
  ['the root as its folder', { directory: '/' }, 'a folder'],
  ['a folder outside', { directory: '/../etc' }, 'a folder'],
  ['an unknown attribute', { columns: { shoeSize: 'size' } }, 'no attribute "shoeSize"'],
  ['an impossible hour', { hour: 24 }, 'hour'],
  ['an unknown kind', { kind: 'weekly' as 'daily' }, 'kind'],
  ['an unknown field', { color: 'red' }, 'color'],
])('an export with %s cannot be set up', (_, more, message) => {
  setUp();
  expect(() => setUp({ name: 'other', ...more })).toThrow(message);
  expect(simulator().exports()).toHaveLength(1);
});

test('a reset removes exports and empties their folders, and returns to those of the start', async () => {
  setUp({ hour: 13 });
  mkdirSync(pathOf(''), { recursive: true });
  writeFileSync(pathOf('by hand.csv'), 'x');
  simulator().advanceClock(HOUR);
  await simulator().dueExports();
  expect(names()).toEqual(['by hand.csv', 'daily.csv']);
  await simulator().reset();
  expect([names(), simulator().exports()]).toEqual([[], []]);
});

test('a reset does not wait for an export that a fault has stopped', async () => {
  setUp({ kind: 'full' });
  simulator().setFault('exportInPlace', {});
  const written = simulator().exportNow('full');
  const failed = expect(written).rejects.toThrow('abort');
  await until(() => names().length > 0);
  await simulator().reset();
  await failed;
  expect(names()).toEqual([]);
});

test('exports are set up, written and deleted over HTTP', async () => {
  const created = { name: 'all & more', kind: 'full', fileName: 'all.csv', columns: IDS };
  expect(await control('POST', '/exports', created)).toBe(201);
  expect(await control('POST', '/exports', created)).toBe(400);
  expect(await control('POST', '/exports/all%20%26%20more/write')).toBe(200);
  expect(names()).toEqual(['all.csv']);
  const shown = await fetch(`${simulator().inspectionUrl}/exports`);
  expect(await shown.json()).toEqual(simulator().exports());
  expect(simulator().exports()).toMatchObject([{ ...created, packing: 'none', directory: '/exports' }]);
  expect(await control('DELETE', '/exports/all%20%26%20more')).toBe(204);
  expect(await control('DELETE', '/exports/all%20%26%20more')).toBe(404);
  expect(await control('POST', '/exports/all%20%26%20more/write')).toBe(404);
  expect(simulator().exports()).toEqual([]);
  expect(await control('POST', '/exports', { ...created, name: 'daily', kind: 'daily', hour: 13 })).toBe(201);
  expect(await control('POST', '/clock', { advance: HOUR })).toBe(204);
  expect(simulator().exports()[0]!.files).toHaveLength(1);
});
