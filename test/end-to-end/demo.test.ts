import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contactsOf, newContactsOf } from '../../examples/demo/contacts.ts';
import { letADayPass } from '../../examples/demo/next-day.ts';
import { seedShop } from '../../examples/demo/shop.ts';
import type { Contact } from '../../simulator/contacts/profiles.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { demoSegment, expectedCounts } from './demo-expectations.ts';
import { startDemo } from './demo-process.ts';

let database: TestDatabase;
let shop: pg.Client;
beforeAll(async () => {
  database = await freshDatabase('shop');
  shop = new pg.Client({ connectionString: database.url });
  await shop.connect();
  await seedShop(shop);
});
afterAll(async () => {
  await shop?.end();
  await database?.dispose();
});

type Counts = ReturnType<typeof expectedCounts>;

/** The output of each of the three runs. */
function printedRuns(out: string): { counts: Counts; list: string; actito: number }[] {
  return out
    .split(/^(?:First|Second|Third) run/m)
    .slice(1)
    .map((text) => {
      const after = (name: string) => new RegExp(`^ {2}${name} +(.*)$`, 'm').exec(text)![1]!;
      const number = (name: keyof Counts) => Number.parseInt(after(name));
      return {
        counts: {
          read: number('read'),
          added: number('added'),
          removed: number('removed'),
          updated: number('updated'),
          waiting: number('waiting'),
          rejected: number('rejected'),
          profiles: number('profiles'),
        },
        list: after('list'),
        actito: Number(/now targets (\d+) profiles; it expires in 2 days/.exec(text)![1]),
      };
    });
}

test('the demo prints what follows from its data, succeeds and leaves nothing behind', async () => {
  const demo = await startDemo('npm');
  const addresses = (found: Contact[]) => found.map(({ emailAddress }) => emailAddress!);
  const contacts = new Set(addresses(await contactsOf(shop)));
  const first = { segment: await demoSegment(shop), contacts };
  await letADayPass(shop);
  const second = {
    segment: await demoSegment(shop),
    contacts: new Set([...contacts, ...addresses(await newContactsOf(shop))]),
  };
  const expected = [
    expectedCounts(null, first),
    expectedCounts(first, second),
    expectedCounts(second, second),
  ];
  // Some members are added because Actito has got their profile, and for no other reason.
  const appeared = [...first.segment.members.keys()].filter((key) => !contacts.has(key));
  expect(appeared.filter((key) => second.contacts.has(key)).length).toBeGreaterThan(0);
  // The story needs changes in every run, and no guard may trip.
  expect(Math.min(...Object.values(expected[1]!))).toBeGreaterThan(0);
  expect(expected[0]!.waiting / expected[0]!.added).toBeGreaterThan(0.05);

  const { code, out, err } = await demo.ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const runs = printedRuns(out);
  expect(runs.map(({ counts }) => counts)).toEqual(expected);
  expect(runs.map(({ actito }) => actito)).toEqual(expected.map(({ profiles }) => profiles));
  expect(runs.map(({ list }) => /first delivery|changed|not delivered/.exec(list)?.[0])).toEqual([
    'first delivery',
    'changed',
    'not delivered',
  ]);
  await demo.leavesNothing();
}, 240_000);

test.each([
  ['Starting PostgreSQL', 'node'],
  ['Starting the worker', 'node'],
  ['Second run', 'npm'],
] as const)(
  'Ctrl-C at "%s" ends the demo that was started with %s at once, and leaves nothing behind',
  async (moment, command) => {
    const demo = await startDemo(command);
    await demo.shows(moment);
    demo.pressCtrlC();
    const { code, out, err } = await demo.ended;
    expect(err).toBe('');
    if (command === 'node') expect(code).toBe(130); // npm and its shell have a code of their own
    expect(out).toContain('Interrupted. Stopping');
    await demo.leavesNothing();
  },
  240_000,
);

test('the demo command with --keep runs until Ctrl-C, and the commands that it suggests work as printed', async () => {
  const demo = await startDemo('actito-sync', 'demo', '--keep');
  await demo.shows('Press Ctrl-C to stop everything');
  const out = demo.output();
  const farewell = out.slice(out.indexOf('In another terminal')).split('\n');
  const commands = farewell.filter((line) => line.startsWith('  '));
  expect(commands).toHaveLength(6);
  await promisify(execFile)('sh', ['-ec', commands.join('\n')]);
  const page = /What a marketer sees: (\S+)/.exec(out)![1]!;
  expect(await (await fetch(page)).text()).toContain('VIP customers');

  demo.pressCtrlC();
  const { code, err } = await demo.ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  await demo.leavesNothing();
}, 240_000);

test('when its output is closed, the demo ends and leaves nothing behind', async () => {
  const demo = await startDemo('node');
  await demo.shows('First run');
  demo.stopReading();
  await demo.ended;
  await demo.leavesNothing();
}, 240_000);
