import { beforeEach, expect, test } from 'vitest';
import { until } from '../setup/until.ts';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST, resetStand } from '../support/stand.ts';

/* Activations that send the same attributes within a window share one import. */

const { stand, runner } = await standWithRunner();

const IDS = ['one', 'two', 'three'];
const address = (name: string) => `${name}@shop.be`;
/** The members of the segments: bob is in two of them, and each has a member whom Actito does not know. */
const SEGMENTS: Record<string, string[]> = {
  one: ['anna', 'bob', 'no-one'],
  two: ['bob', 'carl', 'no-two'],
  three: ['dora', 'no-three'],
};

beforeEach(async () => {
  await resetStand(stand);
  const known = ['anna', 'bob', 'carl', 'dora'];
  await stand.actito.seedContacts(known.map((name) => ({ emailAddress: address(name) })));
  for (const name of new Set(Object.values(SEGMENTS).flat())) {
    await stand.warehouse.query(
      'insert into people (email, first_name, spent, city) values ($1, $2, 7, $3)',
      [address(name), name.toUpperCase(), 'Gent'],
    );
  }
  for (const id of IDS) await writeActivation(id);
  await share();
});

function writeActivation(id: string, value = 'first_name', more: object = {}): Promise<void> {
  const people = SEGMENTS[id]!.map((name) => `'${address(name)}'`).join(', ');
  const query = `select email, ${value} as first_name, spent, city, note from people where email in (${people})`;
  return stand.writeActivation(
    { segment: { name: id, query }, list: { name: `${LIST} ${id}` }, ...more },
    id,
  );
}

const share = (more: object = {}) => stand.writeDestination({ imports: { shareWithin: '10m' }, ...more });

const SHARED = 'imports where shape is not null';
const PARTS = 'import_parts join imports on id = import where shape is not null';
const count = async (sql: string) =>
  Number((await stand.state.raw<{ rows: { n: string }[] }>(`select count(*) as n from ${sql}`)).rows[0]!.n);
const leaveNow = () => stand.state.raw(`update imports set leaves_at = least(leaves_at, now())`);

/** Between two attempts: once this number of chunks waits together, their import is sent, whatever the time. */
const onceTogether = (parts: number) => async () => {
  await until(`${parts} share`, async () => (await count(PARTS)) >= parts);
  await leaveNow();
  await until('it is sent', async () => (await count(`imports where status in ('posted', 'refused')`)) > 0);
};
/** The same for the leader, who sends it. */
const leading = (parts: number) => async () => {
  await until(`${parts} share`, async () => (await count(PARTS)) >= parts);
  await leaveNow();
};
const isOpen = () => until('an import is open', async () => (await count(SHARED)) > 0);

/** Starts all activations at once, the first of them as the leader. */
async function runTogether(ids = IDS, parts = ids.length) {
  const [leader, ...others] = ids;
  const led = runner.run({ activation: leader, beforeNextTry: leading(parts) });
  await isOpen();
  return Promise.all([
    led,
    ...others.map((activation) => runner.run({ activation, beforeNextTry: onceTogether(parts) })),
  ]);
}

const listed = (id: string) => [...stand.actito.listMembers(`${LIST} ${id}`)].sort();
const firstName = (name: string) => stand.actito.contact('emailAddress', address(name))?.firstName;
const known = (id: string) => SEGMENTS[id]!.filter((name) => !name.startsWith('no-')).map(address);

test('three activations with the same attributes share one import, and each gets the results of its own members', async () => {
  const runs = await runTogether();
  expect(
    runs.map(({ outcome, failure, counts }) => [outcome, failure, counts?.updated, counts?.unmatched]),
  ).toEqual([
    ['succeeded', undefined, 2, 1],
    ['succeeded', undefined, 2, 1],
    ['succeeded', undefined, 1, 1],
  ]);
  expect(stand.actito.imports()).toMatchObject([{ rows: { read: 7, updated: 4, inError: 3 } }]); // bob once
  for (const id of IDS) expect(listed(id)).toEqual(known(id));
  expect(['anna', 'bob', 'carl', 'dora'].map(firstName)).toEqual(['ANNA', 'BOB', 'CARL', 'DORA']);
  expect(await count('imports')).toBe(1);
  expect(await count(`pg_tables where tablename like 'shared\\_%' and tablename ~ '[0-9]$'`)).toBe(0);
  for (const activation of IDS) {
    expect(await runner.run({ activation })).toMatchObject({ plan: { push: null, toSend: 0 } });
  }
});

test('a refused row is a reject of the activations that have it, and of no other', async () => {
  stand.actito.setFault('importRefusesRows', { every: 1, code: 'REFUSED' });
  const runs = await runTogether();
  expect(runs.map(({ counts }) => counts?.refused)).toEqual([3, 3, 2]);
  expect(await count(`rejects where stage = 'import'`)).toBe(8);
});

test('the order of attributes and omitted attributes make no difference to the sharing; an additional attribute does', async () => {
  const mapped = [
    { column: 'first_name', attribute: 'firstName' },
    { column: 'note', attribute: 'lastName' }, // always null, so the value is kept
    { column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } },
    { column: 'city', attribute: 'city', nulls: 'clear' },
  ];
  await writeActivation('two', 'first_name', { attributes: mapped });
  await writeActivation('three', 'first_name', { attributes: mapped.slice(0, 2) });
  const three = runner.run({ activation: 'three', beforeNextTry: leading(3) });
  await until('it waits', async () => (await count(PARTS)) === 1);
  const two = runner.run({ activation: 'two', beforeNextTry: leading(3) });
  await until('two are open', async () => (await count(SHARED)) === 2);
  const one = runner.run({ activation: 'one', beforeNextTry: onceTogether(3) });
  expect((await Promise.all([one, two, three])).map(({ counts }) => counts?.updated)).toEqual([2, 2, 1]);
  expect(
    stand.actito
      .imports()
      .map(({ columns, rows }) => [columns.length, rows!.read])
      .sort(),
  ).toEqual([
    [2, 2],
    [4, 5],
  ]);
  expect(stand.actito.contact('emailAddress', address('anna'))).toMatchObject({
    firstName: 'ANNA',
    city: 'Gent',
  });
});

test('members with contradicting values do not share a file: there are two imports, each with its own values', async () => {
  await writeActivation('two', `'not ' || first_name`);
  const [one, two, three] = IDS as [string, string, string];
  const led = runner.run({ activation: one, beforeNextTry: leading(3) });
  await isOpen();
  const contrary = runner.run({ activation: two, beforeNextTry: leading(3) }); // it leads its own import
  await until('two are open', async () => (await count(SHARED)) === 2);
  const third = runner.run({ activation: three, beforeNextTry: onceTogether(3) });
  expect((await Promise.all([led, contrary, third])).map(({ outcome }) => outcome)).toEqual(
    Array(3).fill('succeeded'),
  );
  expect(stand.actito.imports()).toHaveLength(2);
  expect(firstName('carl')).toBe('not CARL');
});

test('no activation follows a leader that has ended without sending', async () => {
  const led = runner.run({ activation: 'one', beforeNextTry: () => Promise.reject(new Error('killed')) });
  await isOpen();
  expect(await led).toMatchObject({ outcome: 'failed', counts: { unsent: 3 } });
  const run = await runner.run({ activation: 'two', beforeNextTry: leading(1) });
  expect(run).toMatchObject({ outcome: 'succeeded', counts: { updated: 2, unmatched: 1 } });
});

test('an activation that follows a closing leader sends its own import', async () => {
  let closeLeader = () => {};
  const closing = new Promise<void>((_, reject) => (closeLeader = () => reject(new Error('given up'))));
  const led = runner.run({ activation: 'one', beforeNextTry: () => closing });
  await isOpen();
  const followed = runner.run({
    activation: 'two',
    beforeNextTry: async () => {
      expect(await count(PARTS)).toBe(2);
      closeLeader();
      await led;
    },
  });
  expect(await followed).toMatchObject({ outcome: 'succeeded', counts: { updated: 2, unmatched: 1 } });
  expect(stand.actito.imports()).toHaveLength(1);
  expect(firstName('anna')).toBeNull();
});

test('an activation that ends before the file is written is left out of it', async () => {
  let follower: Promise<unknown> | undefined;
  const led = await (async () => {
    const run = runner.run({
      activation: 'one',
      beforeNextTry: async () => {
        await until('an activation follows', async () => follower !== undefined);
        await follower;
        await leaveNow();
      },
    });
    await isOpen();
    follower = runner.run({
      activation: 'three',
      beforeNextTry: () => Promise.reject(new Error('cancelled')),
    });
    return run;
  })();
  expect(led).toMatchObject({ outcome: 'succeeded', counts: { updated: 2 } });
  expect(stand.actito.imports()).toMatchObject([{ rows: { read: 3 } }]);
  expect(firstName('dora')).toBeNull();
});

test('a shared call that Actito throttles is retried for all activations', async () => {
  stand.actito.setFault('tooManyRequests', {
    times: 2,
    route: '/mass-imports/v5/entities/shop/etl-executions',
  });
  const runs = await runTogether();
  expect(runs.map(({ counts }) => counts?.updated)).toEqual([2, 2, 1]);
  expect(stand.actito.imports()).toHaveLength(1);
  expect(await count(`imports where status = 'refused'`)).toBe(2);
  expect(await count(`import_parts`)).toBe(9); // three calls, each for three activations
});

test('a shared call that Actito refuses permanently is split up: each activation sends its own', async () => {
  await share({ contract: { importParts: { file: 'nonsense', definition: 'definition' } } });
  const runs = await runTogether();
  expect(runs.map(({ failure }) => failure?.type)).toEqual(Array(3).fill('ActitoRefused'));
  expect(stand.actito.imports()).toEqual([]);
  for (const id of IDS) expect(listed(id)).toEqual(known(id));
});

test('a lost answer of the shared call is found again: there is one import, and all activations get its result', async () => {
  stand.actito.changeLicence({ executionListing: 'byFileName' });
  await share({ contract: { executionListing: 'byFileName' } });
  stand.actito.setFault('lostAnswer', { times: 1, route: '/mass-imports' });
  const runs = await runTogether();
  expect(runs.map(({ counts }) => counts?.updated)).toEqual([2, 2, 1]);
  expect(stand.actito.imports()).toHaveLength(1);
});

test('if no import is left, no activation waits for others: attributes are deferred and the lists are delivered', async () => {
  await share({ limits: { importsPerTablePerDay: 1 } });
  await runner.run({ activation: 'three', beforeNextTry: leading(1) });
  const run = await runner.run({ activation: 'one' });
  expect(run).toMatchObject({ outcome: 'succeeded with rejects', imported: { deferredChunks: 1 } });
  expect(listed('one')).toEqual(known('one'));
});

test('without the setting, no activation waits for others, and each one has its own import', async () => {
  await stand.writeDestination();
  for (const activation of IDS) await runner.run({ activation });
  expect(stand.actito.imports()).toHaveLength(3);
  expect(await count(SHARED)).toBe(0);
});
