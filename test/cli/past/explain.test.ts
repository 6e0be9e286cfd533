import { beforeEach, expect, test } from 'vitest';
import type { Explanation } from '../../../cli/commands/explanation.ts';
import { LIST } from '../../support/stand.ts';
import { pastForTests, seedPeople } from './support.ts';

const past = pastForTests();
beforeEach(() => seedPeople(past.stand));

const explain = (key: string) => past.json<Explanation>(['explain', 'vip', key]);

async function said(key: string): Promise<string> {
  const { code, out, err } = await past.ask(['explain', 'vip', key]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

test('explain shows for a member on the list since which run, and that Actito confirmed the attributes', async () => {
  await past.hosted.run();
  const anna = await explain('anna@shop.be');
  expect(anna).toMatchObject({
    storedAs: 'anna@shop.be',
    onList: true,
    since: { run: expect.any(String) },
    rejects: [],
    actito: { answer: 'ok', reason: null, dueAgain: null },
  });
  await past.hosted.run();
  expect(await said('anna@shop.be')).toContain(`\n  On the list "${LIST}" since run ${anna.since!.run} (20`);
  expect(await explain('anna@shop.be')).toEqual(anna);
});

test('explain finds a key in any spelling', async () => {
  await past.hosted.run();
  expect(await explain(' ANNA@Shop.be ')).toMatchObject({ storedAs: 'anna@shop.be', onList: true });
  expect(await said('ANNA@shop.be')).toMatch(/^ANNA@shop\.be in vip, stored as anna@shop\.be\n/);
});

test('explain shows that Actito does not know a member, and when the next attempt is', async () => {
  await past.hosted.run();
  const eve = await explain('eve@shop.be');
  expect(eve).toMatchObject({ onList: true, actito: { answer: 'unmatched', dueAgain: expect.any(String) } });
  expect(await said('eve@shop.be')).toContain(
    `Unmatched: Actito has no profile with this key, so the list does not target it. Its attributes are sent again when they change, or after ` +
      `${String(eve.actito!.dueAgain)}.`,
  );
});

test('explain shows what Actito refused, with its code', async () => {
  past.stand.actito.setFault('importRefusesRows', { every: 1, code: 'INVALID_VALUE', times: 1 });
  await past.hosted.run();
  expect(await explain('bob@shop.be')).toMatchObject({
    onList: true,
    actito: { answer: 'refused', reason: 'INVALID_VALUE' },
    rejects: [{ stage: 'import', reason: 'INVALID_VALUE', times: 1 }],
  });
  expect(await said('bob@shop.be')).toContain('Actito rejected its attributes (INVALID_VALUE).');
});

test('explain never prints what Actito said in its own words, which may quote the row', async () => {
  past.stand.actito.setFault('importRefusesRows', { every: 1, code: 'bob@shop.be is Bob', times: 1 });
  await past.hosted.run();
  const kept = await past.stand.state.raw<{ rows: object[] }>(
    `select said from reject_history where key = 'bob@shop.be'`,
  );
  expect(kept.rows).toEqual([{ said: 'bob@shop.be is Bob' }]);
  const { rejects } = await explain('bob@shop.be');
  expect(rejects).toHaveLength(1);
  expect(JSON.stringify(rejects)).not.toMatch(/"said"|is Bob/);
  expect(await said('bob@shop.be')).not.toContain('is Bob');
});

test('explain shows which value was left out', async () => {
  await past.stand.warehouse.query(
    `update people set first_name = repeat('x', 300) where email = 'bob@shop.be'`,
  );
  await past.hosted.run();
  const out = await said('bob@shop.be');
  expect(out).toContain('On the list');
  expect(out).toMatch(/Rejected \(import\): ValueTooLong of firstName, 20\S+, run \d+\. The text is longer/);
});

test('explain shows that the rows of a member contradict each other', async () => {
  await past.stand.warehouse.query(`insert into people (email, first_name) values ('anna@shop.be', 'Ann')`);
  await past.hosted.run();
  expect(await explain('anna@shop.be')).toMatchObject({ onList: true, actito: { answer: 'not confirmed' } });
  expect(await said('anna@shop.be')).toContain(
    'No attributes are sent: Several rows of the segment have this key',
  );
});

test('explain shows that a person was not in the last segment', async () => {
  await past.hosted.run();
  const bob = await explain('bob@shop.be');
  await past.stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
  await past.hosted.run();
  expect(bob.onList).toBe(true);
  expect(await explain('bob@shop.be')).toMatchObject({ onList: false, since: null, actito: null });
  expect(await said('bob@shop.be')).toMatch(
    /Not on the list: it was not in the segment of run \d+ \(20\S+\)\./,
  );
});

test('explain shows that a member left the segment and is in its grace period, and until when', async () => {
  await past.stand.writeActivation({ removal: { after: '2 runs' } });
  await past.hosted.run();
  await past.stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
  const left = await past.hosted.run();
  expect(left).toMatchObject({ counts: { leaving: 1, removed: 0, members: 3 }, list: { pushed: null } });
  expect(left.summary).toContain('list: 3 members (+0 −0; 1 in their grace period)');
  expect(await explain('bob@shop.be')).toMatchObject({ onList: true, leaving: { runsLeft: 1, from: null } });
  expect(await said('bob@shop.be')).toMatch(
    /run \d+ \(20\S+\) no longer found it in the segment\. Unless it returns, it stays on the list for 1 more run/,
  );
});

test('explain mentions a later held run, since the segment of that run does not count', async () => {
  await past.hosted.run();
  await past.stand.warehouse.query('truncate people');
  await past.stand.writeActivation({ guards: { allowEmpty: false } });
  await expect(past.hosted.run()).rejects.toThrow();
  expect((await explain('anna@shop.be')).onList).toBe(true);
  expect(await said('adam@shop.be')).toMatch(
    /The later run \d+ \(20\S+\) ended as held, so its changes are not applied yet/,
  );
});

const MAYBE = /That run rejected \d+ rows? but stored only \d+\. The others may include a row/;

test('a person is certainly not rejected if all rejected rows are known: rows without a key, or with one known key', async () => {
  await past.stand.warehouse.query(
    `insert into people (email) values (null), (null), (''), ('nobody'), ('nobody')`,
  );
  await past.hosted.run();
  const out = await said('stranger@shop.be');
  expect(out).toContain('Not on the list: it was not in the segment of run');
  expect(out).not.toMatch(MAYBE);
});

test('a person is certainly not rejected if no rejected row has a key, however many there are', async () => {
  await past.stand.warehouse.query(`update people set email = null where email = 'nobody'`);
  await past.stand.warehouse.query(
    'insert into people (first_name) select n from generate_series(1, 10100) as n',
  );
  await past.hosted.run();
  expect(await said('stranger@shop.be')).not.toMatch(MAYBE);
});

test('a person may be rejected if there were too many rejected rows to store, or they were deleted since', async () => {
  await past.stand.warehouse.query(
    `insert into people (email) select 'nobody ' || n from generate_series(1, 10100) as n`,
  );
  await past.hosted.run();
  expect(await said('stranger@shop.be')).toMatch(MAYBE);

  await past.stand.warehouse.query(`delete from people where email like 'nobody %'`);
  await past.hosted.run();
  expect(await said('stranger@shop.be')).not.toMatch(MAYBE);
  await past.stand.state.raw('delete from rejects'); // like the retention after its period
  expect(await said('stranger@shop.be')).toMatch(MAYBE);
});

test('explain shows that a key can never be used, and the runs that met it', async () => {
  await past.hosted.run();
  await past.hosted.run();
  expect(await explain('nobody')).toMatchObject({
    storedAs: null,
    onList: false,
    actito: null,
    rejects: [{ stage: 'extract', reason: 'KeyMalformed', times: 2 }],
  });
  const out = await said('nobody');
  expect(out).toContain(
    'This key cannot be on the list (KeyMalformed): The matching key is not an email address',
  );
  expect(out).toMatch(/Rejected \(extract\): KeyMalformed, 20\S+, 2 runs since 20\S+, last run \d+\./);
});

test('before the first run, and before the first success, explain finds no member on the list', async () => {
  expect(await said('anna@shop.be')).toContain('Activation vip has never run, so its list is empty.');
  await past.stand.writeActivation({ segment: { name: LIST, table: 'nowhere' } });
  await expect(past.hosted.run()).rejects.toThrow();
  expect(await said('anna@shop.be')).toMatch(/no run has succeeded yet\.\n {2}The later run \d+ \(20\S+\) /);
});

test('without mapped attributes, explain shows only the list of a member', async () => {
  await past.stand.writeActivation({ attributes: [] });
  await past.hosted.run();
  expect(await explain('anna@shop.be')).toMatchObject({
    onList: true,
    actito: { answer: 'nothing to send' },
  });
});

test('explain shows that a member whose values are all empty was never sent, so that Actito confirmed nothing', async () => {
  await past.stand.writeActivation({ attributes: [{ column: 'first_name', attribute: 'firstName' }] });
  await past.stand.warehouse.query(`update people set first_name = null where email = 'anna@shop.be'`);
  await past.hosted.run();
  expect(await explain('anna@shop.be')).toMatchObject({
    onList: true,
    actito: { answer: 'nothing to send' },
  });
  expect(await said('anna@shop.be')).toContain('all mapped values are empty');
});

test('control sequences in the requested key do not reach the terminal', async () => {
  await past.hosted.run();
  expect(await said('anna\u001b[2J@shop.be')).not.toContain('\u001b');
});
