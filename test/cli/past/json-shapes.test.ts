import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { answerSchemas, ANSWERS } from '../../../cli/json/answers.ts';
import { deleteIfThere } from '../scheduled-project.ts';
import { freshId } from '../support.ts';
import { pastForTests, seedPeople } from './support.ts';

const past = pastForTests();
const OUTPUT = resolve(import.meta.dirname, '../../../schemas/output');

/** Checks that a command prints with --json what its schema says, to the last key. */
async function check(name: keyof typeof ANSWERS, ...args: string[]): Promise<void> {
  const { out, err } = await past.ask([...args, '--json']);
  if (out === '') throw new Error(`${args.join(' ')} printed only: ${err}`);
  const { error } = (ANSWERS[name] as z.ZodType).safeParse(JSON.parse(out));
  expect(error && z.prettifyError(error), args.join(' ')).toBeUndefined();
}

/** All keys that a JSON Schema names. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(keysOf)];
}

test('what reading commands print with --json is what their schemas say, before anything has run', async () => {
  await check('status', 'status');
  await check('history', 'history', 'vip');
  await check('rejects', 'rejects', 'vip');
  await check('unmatched', 'rejects', 'vip', '--reason', 'Unmatched');
  await check('explain', 'explain', 'vip', 'anna@shop.be');
  await check('forgotten', 'forgotten');
});

test('what reading commands print with --json is what their schemas say, after runs of all kinds', async () => {
  const id = freshId('club');
  onTestFinished(() => deleteIfThere(past.hosted.client, `activation/${id}`));
  await seedPeople(past.stand);
  await past.stand.writeActivation({ rejectReference: 'customer_id', removal: { after: '2 runs' } });
  await check('plan', 'plan', 'vip', '--show-personal-data');
  await past.hosted.run();
  await past.stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
  await past.hosted.run();
  await past.stand.writeActivation({ segment: { name: 'VIP', table: 'nowhere' } });
  await expect(past.hosted.run()).rejects.toThrow();
  await past.stand.writeActivation({ list: { name: id }, schedule: { every: '1h' } }, id);
  await past.ask(['schedule', 'apply']);
  await check('scheduleList', 'schedule', 'list');
  await check('status', 'status');
  await check('history', 'history', 'vip', '--show-personal-data');
  await check('rejects', 'rejects', 'vip', '--show-personal-data');
  await check('unmatched', 'rejects', 'vip', '--reason', 'Unmatched');
  for (const key of ['anna@shop.be', 'bob@shop.be', 'eve@shop.be', 'nobody', 'none@shop.be'])
    await check('explain', 'explain', 'vip', key);
  await check('attributes', 'attributes', 'actito');
  await check('lists', 'lists', 'actito');
  await check('contractCheck', 'contract', 'check', 'actito');
  await check('doctor', 'doctor', 'vip');
  await check('validate', 'validate');
  await past.stand.writeActivation({ lists: {} }, id);
  await check('validate', 'validate');
  await past.stand.writeActivation({ list: { name: id } }, id);
  await past.ask(['forget', 'eve@shop.be', '--yes']);
  await check('forgotten', 'forgotten');
  const { records } = await past.json<{ records: { record: string }[] }>(['forgotten']);
  await check('forgottenRecord', 'forgotten', records[0]!.record);
  await check('explain', 'explain', 'vip', 'eve@shop.be');
});

test('what schedule apply prints with --json is what its schema says, for changes of all kinds', async () => {
  const schedules = [
    { every: '1h', pauseAfter: 'never' },
    { cron: '0 6 * * *' },
    { calendar: { hour: [6, 18] } },
  ];
  const ids = schedules.map(() => freshId('scheduled'));
  onTestFinished(async () => {
    for (const id of ids) await deleteIfThere(past.hosted.client, `activation/${id}`);
  });
  for (const [i, schedule] of schedules.entries())
    await past.stand.writeActivation({ list: { name: ids[i] }, schedule }, ids[i]);
  await check('scheduleApply', 'schedule', 'apply', '--dry-run');
  await check('scheduleApply', 'schedule', 'apply');
  await past.stand.writeActivation({ list: { name: ids[0] }, schedule: { every: '2h' } }, ids[0]);
  await past.stand.writeActivation({ lists: {} }, ids[1]);
  await check('scheduleApply', 'schedule', 'apply');
});

test('what a held run, a decision, several runs and wrong commands print with --json is what their schemas say', async () => {
  await seedPeople(past.stand);
  await past.stand.writeActivation({ guards: { maxRejectedRatio: 1 } });
  await check('plan', 'run', 'vip');
  await check('cancel', 'cancel', 'vip');
  await past.stand.warehouse.query('truncate people');
  await check('failure', 'run', 'vip');
  await check('runs', 'run', '--all');
  const { out } = await past.ask(['run', 'vip', '--json']);
  const { planHash, guards } = JSON.parse(out) as { planHash: string; guards: unknown[] };
  expect(guards).toHaveLength(1);
  await check('decision', 'decline', 'vip', planHash, '--reason', 'not loaded');
  await check('failure', 'run', 'vip');
  await check('failure', 'run', 'vpi');
  await check('failure', 'history', 'vip', '--limit', 'all');
  await check('forget', 'forget', 'eve@shop.be', '--yes');
});

test('a plan with a canary is printed with --json as its schema says', async () => {
  await past.stand.writeActivation({ canary: 10 });
  await past.stand.warehouse.query(
    `insert into people (email, first_name) select 'p' || i || '@shop.be', 'Ann' from generate_series(1, 20) i`,
  );
  expect(await past.json(['plan', 'vip'])).toMatchObject({ plan: { sends: { canary: 10 } } });
  await check('plan', 'plan', 'vip');
});

test('schemas/output/ is current (otherwise: npm run schema), and all of its keys are camelCase', async () => {
  const schemas = answerSchemas();
  expect((await readdir(OUTPUT)).sort()).toEqual(Object.keys(schemas).sort());
  for (const [name, schema] of Object.entries(schemas)) {
    expect(JSON.parse(await readFile(join(OUTPUT, name), 'utf8')), name).toEqual(schema);
    const keys = keysOf(schema);
    expect(keys.length, name).toBeGreaterThan(0);
    expect(
      keys.filter((key) => !/^[a-z][A-Za-z0-9]*$/.test(key)),
      name,
    ).toEqual([]);
  }
});
