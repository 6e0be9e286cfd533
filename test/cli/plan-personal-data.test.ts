import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunResult } from '../../contract/result.ts';
import { pastForTests, row, seedPeople, shown } from './past/support.ts';
import { change } from './planned-change.ts';

const past = pastForTests();

/** Keys and values of the people who change. */
const PERSONAL = ['@shop.be', 'Rome-Tivoli', 'Oslo-Frogner', 'Fay-Louise'];

/** All that Temporal stores about the last dry run, with decoded payloads. */
async function knownToTemporal(): Promise<string> {
  const { events } = await past.hosted.client.workflow.getHandle('plan/vip').fetchHistory();
  return JSON.stringify(events, (name, value: unknown) =>
    name === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  );
}

test('the names of changed attributes are shown, without keys and values, and Temporal does not get them', async () => {
  await seedPeople(past.stand);
  await past.hosted.run();
  await change(past.stand);
  const { out } = await past.ask(['plan', 'vip']);

  expect(row(out, 'changed')).toEqual(['changed', '1', 'city, spent']);
  expect(row(out, 'added')).toEqual(['added', '1', 'city, firstName']);
  expect(row(out, 'removed')).toEqual(['removed', '1', '–']);
  expect(row(out, 'rejected')).toEqual(['rejected', '1', 'KeyMalformed']);
  expect(shown(out, 'creates')).toEqual([]);
  const known = await knownToTemporal();
  expect(known).toContain('city'); // it is decoded
  for (const personal of PERSONAL) {
    expect(out).not.toContain(personal);
    expect(known).not.toContain(personal);
  }
});

test('--show-personal-data shows keys and new values, and Temporal does not get them, either', async () => {
  await seedPeople(past.stand);
  await past.hosted.run();
  await change(past.stand);
  const { code, out } = await past.ask(['plan', 'vip', '--show-personal-data']);

  expect(code).toBe(0);
  expect(row(out, 'changed')).toEqual(['changed', 'anna@shop.be', 'city: Rome-Tivoli, spent: 9']);
  expect(row(out, 'added')).toEqual(['added', 'fay@shop.be', 'city: Oslo-Frogner, firstName: Fay-Louise']);
  expect(row(out, 'removed')).toEqual(['removed', 'eve@shop.be', '–']);
  expect(row(out, 'unchanged')).toEqual(['unchanged', 'bob@shop.be', '–']);
  expect(row(out, 'rejected')).toEqual(['rejected', 'nobody', 'KeyMalformed']);
  const known = await knownToTemporal();
  for (const personal of PERSONAL) expect(known).not.toContain(personal);
});

test('--json prints what --out writes, and keys only on request', async () => {
  await seedPeople(past.stand);
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-plan-'));
  const file = join(folder, 'plan.json');
  const written = async () => JSON.parse(await readFile(file, 'utf8')) as RunResult;

  const plain = await past.json<RunResult>(['plan', 'vip', '--out', file]);
  expect(await written()).toEqual(plain);
  expect(plain).toMatchObject({
    outcome: 'planned',
    planHash: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
    plan: { guards: [], problems: [], sends: { members: 3, imports: 1 }, quota: { left: 1_000 } },
  });
  expect(JSON.stringify(plain)).not.toContain('anna@shop.be');

  const personal = await past.ask(['plan', 'vip', '--out', file, '--show-personal-data']);
  expect(personal.out).toContain(`\nPlan written to ${file}\n`);
  expect((await written()).plan!.samples).toContainEqual({
    class: 'added',
    key: 'anna@shop.be',
    reason: null,
    attributes: ['city', 'firstName', 'spent'],
    values: ['Gent', 'Anna', '1'],
  });
  expect((await stat(file)).mode & 0o077).toBe(0);
  await rm(folder, { recursive: true });
});
