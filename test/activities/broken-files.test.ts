import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST } from '../support/stand.ts';

const { stand, runner } = await standWithRunner();
beforeAll(async () => {
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people values ('anna@shop.be', 'Anna', 1, 'Gent')`);
});
const odd = (file: string) => `${stand.projectFolder}/${file}`;
afterEach(async () => {
  for (const file of ['sources/crm', 'destinations/staging', 'activations/odd', 'project'])
    await rm(odd(`${file}.yaml`), { force: true });
});

test.each<[string, () => unknown]>([
  ['an activation with a typo', () => writeFile(odd('activations/odd.yaml'), 'sourc: shop\n')],
  ['an activation that is a pipe', () => execFileSync('mkfifo', [odd('activations/odd.yaml')])],
  ['an unused source', () => writeFile(odd('sources/crm.yaml'), 'driver: {')],
  ['an unused destination', () => writeFile(odd('destinations/staging.yaml'), '\u0000')],
  ['the settings of the project', () => writeFile(odd('project.yaml'), 'retention: soon\n')],
])('a run succeeds although another file is broken: %s', async (_, spoil) => {
  await spoil();
  expect((await runner.run()).outcome).toBe('succeeded');
});

test('a broken project.yaml does not make the retention delete anything', async () => {
  await runner.run();
  await stand.state.raw(
    `update runs set opened_at = opened_at - interval '1 year', closed_at = closed_at - interval '1 year'`,
  );
  await writeFile(odd('project.yaml'), 'retention: soon\n');
  const before = await stand.state('runs').count('no');
  await runner.run();
  expect(Number((await stand.state('runs').count('no'))[0]!.count)).toBe(Number(before[0]!.count) + 1);
});

test('a copy of an activation with the same list is rejected, and the activation that delivered the list continues', async () => {
  expect((await runner.run()).outcome).toBe('succeeded');
  await stand.writeActivation({}, 'odd');
  expect((await runner.run()).outcome).toBe('succeeded');

  await expect(runner.run({ activation: 'odd' })).rejects.toMatchObject({
    type: 'ConfigurationInvalid',
    message: expect.stringContaining(`the list "${LIST}" is already used by activations/odd.yaml`),
  });
  expect([...stand.actito.listMembers(LIST)]).toEqual(['anna@shop.be']);
});
