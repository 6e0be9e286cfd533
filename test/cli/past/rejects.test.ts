import { parse } from 'csv-parse/sync';
import { beforeEach, expect, test } from 'vitest';
import type { RejectHistory } from '../../../state/report/rejects.ts';
import type { MatchRate, UnmatchedMember } from '../../../state/report/unmatched.ts';
import { pastForTests, row, seedPeople } from './support.ts';

const past = pastForTests();
beforeEach(() => seedPeople(past.stand));

type Told = RejectHistory & { message: string };
interface Unmatched {
  total: number;
  trend: MatchRate[];
  unmatched: UnmatchedMember[];
}

const rejects = async (...flags: string[]) =>
  (await past.json<{ rejects: Told[] }>(['rejects', 'vip', ...flags])).rejects;
const csv = async (...flags: string[]) =>
  parse<Record<string, string>>((await past.ask(['rejects', 'vip', ...flags, '--csv'])).out, {
    columns: true,
  });

test('rejects shows each row and value that could not be used, over all runs, and what the reason means', async () => {
  await past.hosted.run();
  await past.hosted.run();
  const { code, out, err } = await past.ask(['rejects', 'vip']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(row(out, 'nobody')).toMatchObject({ 1: 'extract', 2: 'KeyMalformed', 3: '–', 6: '2' });
  expect(out).toMatch(/^1 × KeyMalformed: The matching key is not an email address/m);
  expect(out).toContain(
    'Unmatched: 1 member without exactly one profile in Actito; see rejects vip --reason Unmatched',
  );
});

test('a value that does not fit is shown with its attribute, and without the value', async () => {
  await past.stand.warehouse.query(
    `update people set first_name = repeat('x', 300) where email = 'bob@shop.be'`,
  );
  await past.hosted.run();
  const [bob] = await rejects('--key', 'bob@shop.be');
  expect(bob).toMatchObject({ stage: 'import', reason: 'ValueTooLong', attribute: 'firstName', times: 1 });
  expect(bob!.message).toMatch(/^The text is longer than the attribute allows/);
  expect(row((await past.ask(['rejects', 'vip'])).out, 'bob@shop.be')).toMatchObject({ 3: 'firstName' });
});

test('rejects can be filtered by run, reason and key, in any spelling of the key', async () => {
  await past.hosted.run();
  await past.stand.warehouse.query(`update people set email = 'nothing' where email = 'nobody'`);
  await past.hosted.run();
  const [nothing, nobody] = await rejects();
  expect([nothing!.key, nobody!.key]).toEqual(['nothing', 'nobody']);
  expect((await rejects('--run', nobody!.lastRun)).map(({ key }) => key)).toEqual(['nobody']);
  expect((await rejects('--key', 'nothing')).map(({ key }) => key)).toEqual(['nothing']);
  expect(await rejects('--reason', 'KeyMalformed', '--limit', '1')).toEqual([nothing]);
  expect(await rejects('--reason', 'KeyTooLong')).toEqual([]);
  const { out } = await past.ask(['rejects', 'vip', '--reason', 'KeyTooLong']);
  expect(out).toMatch(/^No rejects of vip match these filters\. Without filters: 2 × KeyMalformed\.\n/);
});

test('CSV contains the same, also keys with quotes and separators; invisible characters become blanks', async () => {
  const odd = 'o"dd, key;\nof\\two $1 lines';
  await past.stand.warehouse.query('update people set email = $1 where email = $2', [odd, 'nobody']);
  await past.hosted.run();
  const [told] = await rejects();
  expect(told!.key).toBe(odd);
  const [line] = await csv();
  expect(line).toMatchObject({
    key: odd.replace('\n', ' '),
    reason: told!.reason,
    message: told!.message,
    times: '1',
  });
  expect(Date.parse(line!.last_seen!)).toBe(Math.floor(Date.parse(String(told!.lastSeen)) / 1000) * 1000);
  expect(await csv('--key', odd)).toHaveLength(1);
});

test('a table shows the latest 50 and says that there are more; JSON and CSV contain all', async () => {
  await past.stand.warehouse.query(
    `insert into people (email) select 'nobody ' || n from generate_series(1, 2500) as n`,
  );
  await past.hosted.run();
  const { out } = await past.ask(['rejects', 'vip']);
  expect(out.match(/KeyMalformed {2}/g)).toHaveLength(50);
  expect(out).toContain('… and more. Use --limit to show more, or --csv for all.');
  expect(out).toMatch(/^2501 × KeyMalformed: /m);
  expect(await rejects()).toHaveLength(2501);
  expect(new Set((await csv()).map(({ key }) => key)).size).toBe(2501);
});

test('unmatched members are a class of their own, with their number for each run', async () => {
  await past.hosted.run();
  await past.stand.warehouse.query(`insert into people (email) values ('mallory@shop.be')`);
  await past.hosted.run();
  const told = await past.json<Unmatched>(['rejects', 'vip', '--reason', 'unmatched']);
  expect(told.total).toBe(2);
  expect(told.trend.map(({ sent, unmatched }) => [sent, unmatched])).toEqual([
    [1, 1],
    [3, 1],
  ]);
  expect(told.unmatched.map(({ key }) => key)).toEqual(['eve@shop.be', 'mallory@shop.be']);

  const { out } = await past.ask(['rejects', 'vip', '--reason', 'Unmatched']);
  expect(row(out, told.trend[1]!.run)?.slice(2)).toEqual(['3', '1', '33.3 %']);
  expect(row(out, 'eve@shop.be')?.[1]).toBe(told.trend[1]!.run);
  expect((await csv('--reason', 'Unmatched')).map(({ key }) => key)).toEqual([
    'eve@shop.be',
    'mallory@shop.be',
  ]);
  const one = await past.json<Unmatched>(['rejects', 'vip', '--reason', 'Unmatched', '--key', 'EVE@shop.be']);
  expect(one.unmatched).toHaveLength(1);
});

test('without rejects, the command says so', async () => {
  expect((await past.ask(['rejects', 'vip'])).out).toBe('vip has never run.\n');
  expect(await rejects()).toEqual([]);
  await past.stand.warehouse.query(`delete from people where email in ('nobody', 'eve@shop.be')`);
  await past.hosted.run();
  expect((await past.ask(['rejects', 'vip'])).out).toBe('vip has no rejected rows or values.\n');
});

test('rows without a key are told apart by rejectReference, which forget erases with them', async () => {
  await past.stand.warehouse.query(
    `insert into people (email, customer_id) values (null, 'C1'), (null, 'C2'), ('anna@', 'anna@shop.be')`,
  );
  await past.stand.writeActivation({ rejectReference: 'customer_id' });
  await past.hosted.run();
  await past.hosted.run();
  const named = async () =>
    (await rejects()).map(({ key, reference, times }) => [key, reference, times]).sort();
  const others = [
    ['', 'C1', 2],
    ['', 'C2', 2],
    ['nobody', null, 2],
  ];
  expect(await named()).toEqual([...others.slice(0, 2), ['anna@', 'anna@shop.be', 2], others[2]]);
  expect((await csv('--reason', 'KeyMissing')).map(({ reference }) => reference)).toEqual(['C1', 'C2']);
  const { out } = await past.ask(['rejects', 'vip', '--reason', 'KeyMissing']);
  expect(row(out, '(none)')?.at(-1)).toBe('C1');
  expect(out).toMatch(/^2 × KeyMissing: /m);

  expect((await past.ask(['forget', 'anna@shop.be', '--yes'])).code).toBe(0);
  expect(await named()).toEqual(others);
  await past.hosted.run();
  expect((await rejects()).map(({ reference }) => reference)).not.toContain('anna@shop.be');
});
