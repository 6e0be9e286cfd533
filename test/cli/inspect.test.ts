import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { InspectResult } from '../../contract/inspect.ts';
import { until } from '../setup/until.ts';
import { destination, LIST, resetStand, startStand, type Stand } from '../support/stand.ts';
import { hostWorker, type Hosted } from '../support/temporal-run.ts';
import { cli, type CliOptions } from './support.ts';

let stand: Stand;
let hosted: Hosted;
beforeAll(async () => {
  stand = await startStand();
  stand.env.WRONG_KEY = 'not the key';
  hosted = await hostWorker(stand);
  await writeFile(
    join(stand.projectFolder, 'destinations/locked-out.yaml'),
    stringify({ ...destination(stand.actito), apiKey: { env: 'WRONG_KEY' } }),
  );
});
afterAll(async () => {
  await hosted?.close();
  await stand?.dispose();
});
beforeEach(() => resetStand(stand));

const command = (args: string[], options: CliOptions = {}) =>
  cli(args, {
    taskQueue: hosted.taskQueue,
    env: { ACTITO_SYNC_PROJECT: stand.projectFolder },
    ...options,
  });

/** The cells of the row that begins with a text. */
function row(out: string, first: string): string[] | undefined {
  const line = out.split('\n').find((text) => text.startsWith(`${first}  `));
  return line?.split(/ {2,}/);
}

/** Runs the default activation, so that Actito contains something to show. */
async function runOnce(): Promise<void> {
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email, first_name) values ('anna@shop.be', 'Anna')`);
  await hosted.run();
}

test('attributes shows the attributes of the profile table, and which activations write them', async () => {
  const { code, out, err } = await command(['attributes', 'actito']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Attributes of the profile table "\w+" \(destination actito\)\n/);
  expect(row(out, 'ATTRIBUTE')).toEqual(['ATTRIBUTE', 'TYPE', 'LENGTH', 'UNIQUE', 'MANDATORY', 'MAPPED BY']);
  expect(row(out, 'emailAddress')).toMatchObject({ 3: 'yes', 4: 'yes' });
  expect(row(out, 'firstName')).toMatchObject({ 3: 'no', 4: 'no', 5: 'vip' });
});

test('an attribute that a run created is shown from then on', async () => {
  expect(row((await command(['attributes', 'actito'])).out, 'spent')).toBeUndefined();
  await runOnce();
  const { out } = await command(['attributes', 'actito']);
  expect(row(out, 'spent')).toMatchObject({ 1: expect.stringContaining('NUMBER'), 5: 'vip' });
});

test('lists shows the lists with their profiles and expiry, and the activation that created each', async () => {
  const empty = await command(['lists', 'actito']);
  expect(empty).toMatchObject({ code: 0, out: 'The destination actito has no external target lists.\n' });

  await runOnce();
  const { code, out, err } = await command(['lists', 'actito']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(row(out, LIST)).toEqual([
    LIST,
    '1',
    `in 2 days (${stand.actito.list(LIST)!.expirationDate})`,
    expect.stringContaining(`${LIST}.csv`),
    'vip',
  ]);
});

test('--json prints the answer, and nothing else', async () => {
  await runOnce();
  const answer = async (what: string) => {
    const { code, out, err } = await command([what, 'actito', '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as InspectResult;
  };
  expect(await answer('attributes')).toMatchObject({
    what: 'attributes',
    destination: 'actito',
    attributes: expect.arrayContaining([expect.objectContaining({ name: 'firstName', mappedBy: ['vip'] })]),
  });
  expect(await answer('lists')).toMatchObject({
    what: 'lists',
    lists: [{ name: LIST, profiles: 1, owner: 'vip', orphaned: false }],
  });
});

test('data that the worker may not see is reported with the reason of the worker', async () => {
  const { code, out, err } = await command(['attributes', 'locked-out']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^ActitoUnauthorized: /);
});

test('a failure that is retried is shown beside the answer while it lasts', async () => {
  stand.actito.setFault('serverError', { times: 2 });
  const { code, out, err } = await command(['attributes', 'actito', '--json']);
  expect(code).toBe(0);
  expect(err.match(/^… ActitoUnavailable: .*\(\d attempts?, .*\)$/gm)).toHaveLength(1);
  expect(JSON.parse(out)).toMatchObject({ what: 'attributes' });
});

test('the same request at the same time gets the same answer', async () => {
  stand.actito.setFault('serverError', { times: 1_000 });
  const waiting = { first: '', second: '' };
  const ask = (who: keyof typeof waiting) =>
    command(['attributes', 'actito', '--json'], { onError: (text) => (waiting[who] += text) });
  const first = ask('first');
  await until('the first command shows that it waits', async () => waiting.first !== '');
  const second = ask('second');
  await until('the second command shows that it waits for the same', async () => waiting.second !== '');
  stand.actito.setFault('serverError', null);

  const [one, two] = [await first, await second];
  expect(one.code).toBe(0);
  expect({ code: two.code, out: two.out }).toEqual({ code: 0, out: one.out });
});

test('without a worker, the command says so once, and Ctrl-C ends the wait', async () => {
  const interrupt = new AbortController();
  const err: string[] = [];
  const ended = await command(['lists', 'actito'], {
    taskQueue: 'nobody-polls-this',
    signal: interrupt.signal,
    onError: (text) => {
      err.push(text);
      interrupt.abort();
    },
  });
  expect(ended).toMatchObject({ code: 130, out: '' });
  expect(err).toEqual(['No worker is responding; waiting for one to start. To start one: npm run worker\n']);
  await hosted.client.workflow.getHandle('inspect/actito/lists').terminate();
});
