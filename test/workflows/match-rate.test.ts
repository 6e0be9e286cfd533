import { beforeEach, expect, test } from 'vitest';
import { standWithWorker } from '../support/temporal-run.ts';

/* Actito reports whether it knows a member only if attributes of the member are sent. */

const { stand, hosted } = await standWithWorker();

/** Each test has its own people, and an activation that never ran. */
let place = 0;
let id: string;
beforeEach(async () => {
  id = `matching-${++place}`;
  await stand.warehouse.query('truncate people');
});

const address = (i: number) => `${id}-${i}@shop.be`;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const know = (from: number, to: number) =>
  stand.actito.seedContacts(range(from, to).map((i) => ({ emailAddress: address(i) })));
const enter = (from: number, to: number) =>
  stand.warehouse.query(
    `insert into people (email, spent) select '${id}-' || i || '@shop.be', i from generate_series(${from}, ${to - 1}) i`,
  );
const write = (changes: object) =>
  stand.writeActivation({ list: { name: id }, guards: { maxRemovedRatio: 1 }, ...changes }, id);
const run = (input: object = {}) => hosted.run({ activation: id, ...input });
const approved = async (plan: string, reason: string) =>
  (await hosted.approve(plan, { activation: id, by: 'anna', reason })).result();
const failed = () =>
  run().then(
    () => expect.fail('the run should have failed'),
    (error: { cause: { type: string; message: string } }) => error.cause,
  );
const held = async () => {
  const { type, message } = await failed();
  expect(type).toBe('GuardTripped');
  return message;
};
const hashIn = (message: string) => /approve \S+ ([0-9a-f]{12})/.exec(message)![1]!;
const deliveries = async () => {
  const { rows } = await stand.state.raw<{ rows: unknown[] }>(
    'select from deliveries join runs on runs.no = run where runs.activation = ?',
    [id],
  );
  return rows.length;
};
const imports = async () => {
  const { rows } = await stand.state.raw<{ rows: unknown[] }>(
    'select from imports join runs on runs.no = run where activation = ?',
    [id],
  );
  return rows.length;
};
/** The members of the list whom Actito knows. */
const listed = () => [...stand.actito.listMembers(id)].length;

test('a segment with a low match rate is held before its list is delivered, and succeeds after an approval', async () => {
  await enter(0, 150);
  await know(0, 30);
  await write({ guards: { minMatchRatio: 0.5 } });
  const message = await held();
  expect(message).toContain(
    'Actito matched 20 % of the added members whose attributes were sent (30 of 150); at least 50 % must match.',
  );
  expect(stand.actito.list(id)?.lastRetrievedFile ?? null).toBeNull();
  expect(await imports()).toBe(1);

  const approve = /approve \S+ ([0-9a-f]{12})/.exec(message)![1]!;
  expect(await approved(approve, 'they come tonight')).toMatchObject({
    counts: { members: 150, added: 150 },
    notes: expect.arrayContaining([
      expect.objectContaining({
        reason: 'approved',
        facts: { guards: ['minMatchRatio'], by: 'anna', reason: 'they come tonight' },
      }),
    ]) as unknown,
  });
  expect([listed(), await imports()]).toEqual([30, 1]);
});

test('a canary is sent first, and if its match rate is low, no other member is sent', async () => {
  await enter(0, 300);
  await write({ canary: 40 });
  expect(await held()).toContain(
    'Actito matched 0 % of the added members whose attributes were sent (0 of 40)',
  );
  expect(await imports()).toBe(1);
  expect(await held()).toContain('(0 of 40)'); // and it is not retried at once

  await know(0, 300);
  await stand.age(25); // unmatched members are due again
  expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { added: 300, updated: 300 } });
  expect(listed()).toBe(300);
});

test('a canary with a good match rate costs one import; it is skipped if no more members enter than it has', async () => {
  await enter(0, 100);
  await know(0, 120);
  await write({ canary: 60 });
  expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { added: 100, updated: 100 } });
  expect(await imports()).toBe(2);
  await enter(100, 120);
  expect(await run()).toMatchObject({ counts: { added: 20, updated: 20 } });
  expect(await imports()).toBe(3);
});

test('a match rate that falls over several runs is noticed, although few members enter in each', async () => {
  await enter(0, 100);
  await know(0, 100);
  await write({ guards: { minMatchRatio: 0.7 } });
  await run();
  await enter(100, 160); // fewer new members than a match rate needs
  expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { unmatched: 60 } });
  await enter(160, 161);
  expect(await held()).toContain(
    'Actito matched 62.5 % of the members whose attributes were sent (100 of 160)',
  );
  expect(listed()).toBe(100);
});

test('without a setting, a segment without any matched member is held, also when nothing is left to send', async () => {
  await enter(0, 1177);
  await write({});
  const first = await held();
  expect(first).toContain(
    'Actito matched none of the 1177 added members whose attributes were sent; the list would target nobody.',
  );
  expect(first).toContain('the entity and the profile table of the destination');
  expect([hashIn(await held()), await imports()]).toEqual([hashIn(first), 1]);
  expect(stand.actito.list(id)?.lastRetrievedFile ?? null).toBeNull();

  await write({ guards: { minMatchRatio: 0 } });
  expect(await failed()).toMatchObject({ type: 'NobodyTargeted' }); // the setting only allows the delivery
});

test('without a setting, one matched profile is enough', async () => {
  await enter(0, 150);
  await know(7, 8);
  await write({});
  expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { unmatched: 149 } });
  expect(listed()).toBe(1);
});

test('without a setting, a list with a matched member is delivered, although no new member matches', async () => {
  await enter(0, 10);
  await know(0, 10);
  await write({});
  await run();
  await enter(10, 160);
  expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { added: 150, unmatched: 150 } });
  expect(listed()).toBe(10);
});

test('people without anything to send do not count as matched', async () => {
  await enter(0, 1000);
  await stand.warehouse.query('update people set spent = null where spent >= 100');
  const attributes = [{ column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } }];
  await write({ attributes, guards: { minMatchRatio: 0.5 } });
  expect(await held()).toContain(
    'Actito matched 0 % of the added members whose attributes were sent (0 of 100)',
  );
  expect(stand.actito.list(id)?.lastRetrievedFile ?? null).toBeNull();
});

test('after Actito retrieved a list that targets no profile, runs fail and deliver it again until a member matches', async () => {
  await enter(0, 3);
  await write({});
  for (const runs of [1, 2]) {
    const { type, message } = await failed();
    expect([type, await deliveries()]).toEqual(['NobodyTargeted', runs]);
    expect(message).toContain(
      `The list "${id}" targets nobody: Actito retrieved it with 3 members, but none matches the emailAddress of a profile.`,
    );
  }

  await know(1, 2);
  expect(await run()).toMatchObject({
    list: { pushed: 'repair', profiles: 1 },
    counts: { members: 3, added: 0 },
  });
  expect(await run()).toMatchObject({ list: { pushed: null, profiles: 1 } });
});

test('members without attributes are not judged: Actito reports nothing about them', async () => {
  await enter(0, 200);
  await write({ attributes: [], canary: 50, guards: { minMatchRatio: 1 } });
  await know(0, 1);
  expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { members: 200 } });
});

/** What Actito has received: imports, and the list file that it read last. */
const sentSoFar = () => [
  stand.actito.imports().length,
  stand.actito.list(id)?.lastRetrievedFile ?? null,
  stand.actito.list(id) ? listed() : 0,
];

test('after a held run, the scheduled runs are held by the same results, import nothing and name the same plan', async () => {
  await enter(0, 150);
  await know(0, 30);
  await write({ guards: { minMatchRatio: 0.5 } });
  const first = await held();
  const sent = sentSoFar();
  expect(sent.slice(1)).toEqual([null, 0]);
  for (const place of ['second', 'third']) {
    const message = await held();
    expect({ place, hash: hashIn(message) }).toEqual({ place, hash: hashIn(first) });
    expect(message).toMatch(/\b20 % .*\(30 of 150\)/);
    expect(sentSoFar()).toEqual(sent);
  }
  expect(await run({ mode: 'preview' })).toMatchObject({ planHash: hashIn(first) });

  expect(await approved(hashIn(first), 'they come tonight')).toMatchObject({ counts: { added: 150 } });
  expect([listed(), stand.actito.imports().length]).toEqual([30, sent[0]]);
});

test('while unmatched members are held, the list targets the former ones, and is delivered without an import once they leave', async () => {
  await enter(0, 120);
  await know(0, 120);
  await write({ guards: { minMatchRatio: 0.5, maxRemovedRatio: 1 } });
  await run();
  const before = sentSoFar();
  await enter(120, 260);
  const first = await held();
  const sent = sentSoFar();
  expect(sent).toEqual([Number(before[0]) + 1, before[1], 120]);
  expect(hashIn(await held())).toBe(hashIn(first));
  expect(sentSoFar()).toEqual(sent);

  await stand.warehouse.query('delete from people where spent >= 120');
  expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { added: 0, removed: 0, members: 120 } });
  expect([stand.actito.imports().length, listed()]).toEqual([sent[0], 120]);
});
