import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { beforeEach, expect, test } from 'vitest';
import type { Explanation } from '../../../cli/commands/explanation.ts';
import { until } from '../../setup/until.ts';
import { LIST } from '../../support/stand.ts';
import { tablesWith } from '../../support/tables-with.ts';
import { pastForTests } from '../past/support.ts';
import { forget, typing } from './support.ts';

const past = pastForTests();
beforeEach(async () => {
  const { warehouse, actito } = past.stand;
  await actito.seedContacts(
    ['anna', 'bob'].map((name) => ({ emailAddress: `${name}@shop.be`, customerId: `card-${name}` })),
  );
  await warehouse.query(`insert into people (email, first_name, spent, city, customer_id, phone) values
    ('anna@shop.be', 'Anna', 1, 'Gent', 'card-anna', '0470 12 34 56'),
    ('bob@shop.be', 'Bob', 2, 'Lyon', 'card-bob', '+32470123457')`);
});

const listed = (list = LIST) => [...past.stand.actito.listMembers(list)].sort();

test('a person is forgotten in every activation; each list is delivered without them, though the segment has them', async () => {
  const identifier = { column: 'customer_id', attribute: 'customerId' };
  await past.stand.writeActivation({ list: { name: 'Cards', identifier } }, 'cards');
  for (const activation of ['vip', 'cards']) await past.hosted.run({ activation });
  expect([listed(), listed('Cards')]).toEqual([
    ['anna@shop.be', 'bob@shop.be'],
    ['card-anna', 'card-bob'],
  ]);

  const { record, out } = await forget(past, ' Anna@Shop.BE', '--reason', 'request qz7reason');
  const lines = out.trim().split('\n');
  expect(lines[0]).toMatch(
    new RegExp(`^Record ${record}: requested at 20\\S+Z by dpo \\(self-reported\\): request qz7reason$`),
  );
  expect(lines.slice(1)).toEqual([
    expect.stringMatching(
      /^ {2}Erased everywhere in the state database at 20\S+Z\. The key is never added again\.$/,
    ),
    '  cards: erased 1 member (1 on the list)',
    '  vip: erased 1 member (1 on the list)',
    '! The list of cards in Actito contains the person until its next run: actito-sync run cards',
    '! The list of vip in Actito contains the person until its next run: actito-sync run vip',
    '  The profile in Actito is unchanged: delete it in Actito, and the person in the warehouse.',
  ]);
  for (const text of ['anna@', 'card-anna']) expect(await tablesWith(past.stand.state, text)).toEqual([]);
  const status = async () => (await past.ask(['status'])).out;
  expect(await status()).toContain(
    '! vip: its list in Actito still contains 1 person to forget. The next run removes this person. Run it now: actito-sync run vip\n',
  );
  const workflow = past.hosted.client.workflow.getHandle(`forget/${record}`);
  const described = JSON.stringify((await workflow.describe()).raw);
  const history = Buffer.from(historyToJSON(await workflow.fetchHistory())).toString();
  const payloads = [...history.matchAll(/"data": "([^"]+)"/g)].map(([, data]) => atob(data!));
  expect(payloads.join('\n')).toContain('cards');
  // Not in ids, times or base64 by chance
  for (const text of ['anna@', 'card-anna', 'qz7reason']) {
    expect([described, history, ...payloads].join('\n').toLowerCase()).not.toContain(text);
  }

  const result = await past.hosted.run();
  expect(result).toMatchObject({ outcome: 'succeeded', counts: { read: 2, forgotten: 1, members: 1 } });
  expect(result.summary).toContain('read 2 rows (1 of forgotten people)');
  await past.hosted.run({ activation: 'cards' });
  expect([listed(), listed('Cards')]).toEqual([['bob@shop.be'], ['card-bob']]);
  expect((await past.ask(['forgotten', record])).out).not.toContain('!');
  expect(await status()).not.toContain('to be forgotten');
});

test('the command waits for a running run, says so, and the run does not bring the person back', async () => {
  await past.hosted.run();
  await past.stand.warehouse.query(`update people set spent = 10`);
  past.stand.actito.setFault('importsStuck', {});
  const handle = await past.hosted.start({ activation: 'vip' });
  await until('the import is stuck', async () => past.stand.actito.imports().length === 2);
  const told: string[] = [];
  const ended = past.ask(['forget', 'anna@shop.be', '--yes'], { onError: (text) => told.push(text) });
  await until('the output mentions the run', async () => told.some((text) => text.includes('RunUnderWay')));
  past.stand.actito.setFault('importsStuck', null);
  await handle.result();
  const { code, out, err } = await ended;
  expect(code).toBe(0);
  expect(err).toContain('is still running and keeps the rows that it read.');
  expect(err).not.toContain('anna');
  expect(out).toContain('  vip: erased 1 member (1 on the list)\n');
  expect(await tablesWith(past.stand.state, 'anna@')).toEqual([]);
  await past.hosted.run();
  expect(listed()).toEqual(['bob@shop.be']);
});

test('an unknown person is recorded all the same, never becomes a member, and is known when asked for again', async () => {
  await past.stand.writeActivation({
    matchingKey: { column: 'phone', type: 'phone', attribute: 'customerId', defaultCountry: 'BE' },
    attributes: [],
  });
  await past.stand.actito.seedContacts([{ emailAddress: 'eve@shop.be', customerId: '+32470123457' }]);
  const { record, out } = await forget(past, '+32 470/12.34.56');
  expect(out).not.toContain('!');
  const again = await forget(past, '0470123456');
  expect(again.record).toBe(record);
  expect(again.out).toMatch(
    /^This key was already forgotten\. Anything stored about it since then is erased as well\.\nRecord /,
  );
  expect(again.out.split('\n')[1]).toContain(' and again at ');
  expect(await past.hosted.run()).toMatchObject({ counts: { forgotten: 1, added: 1, rejected: 0 } });
  const asked = ['explain', 'vip', '0470 12 34 56'];
  expect((await past.ask(asked)).out).toMatch(
    new RegExp(
      `asked to be forgotten \\(record ${record}, 20\\S+Z\\)\\. No run adds this key to a list\\.\n$`,
    ),
  );
  expect(await past.json<Explanation>(asked)).toMatchObject({
    onList: false,
    storedAs: null,
    actito: null,
    rejects: [],
    forgotten: { record },
  });
});

test('the records are listed without personal data, and each has its proof', async () => {
  await past.hosted.run();
  const first = await forget(past, 'anna@shop.be', '--reason', 'request 1');
  const second = await forget(past, 'eve@shop.be');
  const { out } = await past.ask(['forgotten']);
  const records = out.trim().split('\n').slice(1);
  expect(records.map((line) => line.split(/ {2,}/)[0])).toEqual([second.record, first.record]);
  expect(records[1]).toMatch(/Z {2}dpo +request 1$/);
  expect(out).not.toContain('@');
  const proof = await past.json<{ activations: object[] }>(['forgotten', first.record]);
  expect(proof).toMatchObject({ record: first.record, by: 'dpo', completedAt: expect.any(String) });
  expect(proof.activations).toMatchObject([
    { activation: 'vip', members: 1, listed: 1, stillOnList: true, inProject: true },
  ]);
});

test('a terminal asks first, for the key as well, and nothing happens without a yes', async () => {
  const no = await past.ask(['forget', '-'], { in: typing(['anna@shop.be', 'y']) });
  expect(no).toMatchObject({
    code: 130,
    out: '',
    err: expect.stringMatching(/The key was not forgotten\.\n$/),
  });
  expect((await past.ask(['forgotten'])).out).toBe('There are no erasure requests.\n');
  const yes = await past.ask(['forget', '-'], { in: typing(['anna@shop.be', 'yes']) });
  expect(yes).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Record \d+: requested at \S+ by \S+ \(self-reported\)/),
  });
});
