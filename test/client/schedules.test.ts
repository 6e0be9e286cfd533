import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { until } from '../setup/until.ts';
import { cli, connectClient, freshId } from './support.ts';

/** Nobody polls it: were a start to fall into the test, it would do nothing. */
const taskQueue = freshId('nobody');

let client: Client;
let folder: string;
/** Two activations' ids of this test alone, and their schedules' ids. */
let daily: string;
let often: string;
const made = new Set<string>();

beforeAll(async () => {
  client = await connectClient();
});
afterAll(() => client?.connection.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-schedules-'));
  for (const name of ['sources', 'destinations', 'activations']) await mkdir(join(folder, name));
  await write('sources/shop', { driver: 'postgres', connection: { env: 'X' } });
  await write('destinations/actito', {
    environment: 'ENV-3',
    apiKey: { env: 'X' },
    entity: 'shop',
    profileTable: 'Profiles',
    delivery: {
      ...{ protocol: 'sftp', host: 'h', username: 'u', directory: '/in', password: { env: 'X' } },
      hostKey: { env: 'X' },
    },
  });
  daily = await activation('daily', { cron: '0 6 * * *', timezone: 'Europe/Paris' });
  often = await activation('often', { every: '15m' });
});
afterEach(async () => {
  for (const id of made)
    await client.schedule
      .getHandle(id)
      .delete()
      .catch(() => undefined); // never made
  made.clear();
  await rm(folder, { recursive: true });
});

function write(file: string, content: unknown): Promise<void> {
  return writeFile(join(folder, `${file}.yaml`), stringify(content));
}

/** Writes an activation; returns its id. */
async function activation(name: string, schedule?: object, id = freshId(name)): Promise<string> {
  made.add(`activation/${id}`);
  await write(`activations/${id}`, {
    ...{ source: 'shop', destination: 'actito', segment: { name: id, table: 't' }, schedule },
    matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
  });
  return id;
}

const apply = () => cli(['schedule', 'apply'], { taskQueue, env: { ACTITO_SYNC_PROJECT: folder } });
const described = (id: string) => client.schedule.getHandle(`activation/${id}`).describe();
/** What `schedule apply` said of an activation. */
const said = (out: string, id: string) =>
  new RegExp(`^activation/${id}: (\\S+) (.*)$`, 'm').exec(out)?.slice(1);

test('the first time creates the schedules, the second finds them unchanged and touches nothing', async () => {
  const first = await apply();
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(said(first.out, daily)).toEqual([
    'created',
    expect.stringMatching(/^\(0 6 \* \* \*, Europe\/Paris; next start 20\S+Z\)$/),
  ]);
  expect(said(first.out, often)).toEqual([
    'created',
    expect.stringMatching(/^\(every 15 minutes; next start/),
  ]);

  const second = await apply();
  expect([said(second.out, daily)![0], said(second.out, often)![0]]).toEqual(['unchanged', 'unchanged']);
  expect((await described(daily)).info.lastUpdatedAt).toBeUndefined();
});

test('a schedule starts the workflow with the name of the activation alone, never two at a time', async () => {
  await apply();
  const { spec, action, policies } = await described(daily);
  expect(spec).toMatchObject({ timezone: 'Europe/Paris', jitter: 60_000 });
  expect(spec.calendars).toMatchObject([{ hour: [{ start: 6 }], minute: [{ start: 0 }] }]);
  expect(action).toMatchObject({
    workflowType: 'runActivation',
    workflowId: `activation/${daily}`,
    taskQueue,
  });
  expect(action.args).toEqual([{ activation: daily }]);
  expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 3_600_000 });

  const { spec: interval } = await described(often);
  expect(interval).toMatchObject({ intervals: [{ every: 900_000 }], jitter: 90_000 });
});

test('activations of the same hour do not all start at once', async () => {
  const twin = await activation('twin', { cron: '0 6 * * *', timezone: 'Europe/Paris' });
  await apply();
  const starts = async (id: string) => (await described(id)).info.nextActionTimes.map(Number);
  expect(await starts(twin)).not.toEqual(await starts(daily));
});

test('a changed schedule is updated, and stays paused with its note', async () => {
  await apply();
  await client.schedule.getHandle(`activation/${daily}`).pause('closed for the holidays');
  await activation('daily', { cron: '30 7 * * *', timezone: 'Europe/Paris' }, daily);

  const { out } = await apply();
  expect(said(out, daily)).toEqual(['updated', '(30 7 * * *, Europe/Paris; paused)']);
  expect(said(out, often)![0]).toBe('unchanged');
  const { spec, state } = await described(daily);
  expect(spec.calendars).toMatchObject([{ hour: [{ start: 7 }], minute: [{ start: 30 }] }]);
  expect(state).toMatchObject({ paused: true, note: 'closed for the holidays' });
  expect(said((await apply()).out, daily)![0]).toBe('unchanged');
});

test.each([
  { from: { cron: '0 6 * * *' }, to: { cron: '0 6 * * *', timezone: 'Europe/Paris' } },
  { from: { cron: '0 6 * * *' }, to: { every: '1 day' } },
  { from: { every: '15m' }, to: { every: '30m' } },
])('a change from $from to $to is seen', async ({ from, to }) => {
  const id = await activation('moving', from);
  await apply();
  await activation('moving', to, id);
  expect(said((await apply()).out, id)![0]).toBe('updated');
});

test('a schedule without an activation is told with the command that deletes it, and left alone', async () => {
  await apply();
  await rm(join(folder, `activations/${daily}.yaml`));
  await activation('often', undefined, often); // still there, no longer scheduled

  let out = '';
  const isListed = async () => (out = (await apply()).out).split('left alone').length >= 3;
  await until('Temporal lists the new schedules', isListed);
  for (const id of [daily, often]) {
    expect(out).toContain(`temporal schedule delete --schedule-id activation/${id}`);
    await expect(described(id)).resolves.toBeDefined();
  }
});

test('a cron expression that Temporal does not take is told with its activation', async () => {
  const id = await activation('wrong', { cron: '61 * * * *' });
  const { code, err } = await apply();
  expect(code).toBe(1);
  expect(err).toMatch(
    new RegExp(`^ConfigurationInvalid: activations/${id} schedule.cron: Temporal does not take "61 .*Minute`),
  );
});

test('a broken project folder changes no schedule', async () => {
  await write(`activations/${daily}`, { nonsense: true });
  const { code, out, err } = await apply();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^ConfigurationInvalid: The project folder .* has/);
});
